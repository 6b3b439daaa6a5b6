import { Icon } from "./icon.tsx";

export type SeverityName = "error" | "warning" | "note" | "well" | "blind";

const WORDS: Readonly<Record<SeverityName, string>> = {
  error: "Error",
  warning: "Warning",
  note: "Note",
  well: "Well",
  blind: "Blind",
};

/** Colour, icon and word together. `word` says it in the words of the place: `failed`, `dead`. */
export function Severity({ of, word }: { readonly of: SeverityName; readonly word?: string }) {
  return (
    <span className="severity" data-severity={of}>
      <Icon name={of} />
      <span>{word ?? WORDS[of]}</span>
    </span>
  );
}
