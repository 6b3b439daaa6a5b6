import type { ReactNode } from "react";

export interface KeyValueItem {
  readonly key: string;
  readonly value: ReactNode;
}

/** Names with their values, one below the other. */
export function KeyValue({ items }: { readonly items: readonly KeyValueItem[] }) {
  return (
    <dl className="key-value">
      {items.map((item) => (
        <div key={item.key}>
          <dt>{item.key}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
