import type { ReactNode } from "react";
import { Link } from "wouter";

export interface TabItem {
  readonly href: string;
  readonly label: ReactNode;
  readonly isCurrent: boolean;
}

/** Views of one page. Each is a place with an address, so they are links. */
export function Tabs({
  items,
  label = "Views",
}: {
  readonly items: readonly TabItem[];
  readonly label?: string;
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {items.map((item) => (
        <Link key={item.href} href={item.href} aria-current={item.isCurrent ? "page" : undefined}>
          {item.label}
        </Link>
      ))}
    </nav>
  );
}
