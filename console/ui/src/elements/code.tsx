import { CopyButton } from "./copy-button.tsx";

/** SQL, JSON, a command: as it is, with a button that copies it. */
export function Code({ text, label = "Code" }: { readonly text: string; readonly label?: string }) {
  return (
    <figure className="code" aria-label={label}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, so the keyboard must reach it */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} />
    </figure>
  );
}
