import { useState } from "react";
import { Icon } from "./icon.tsx";

/** Puts the text on the clipboard and says so. */
export function CopyButton({ text, label = "Copy" }: { readonly text: string; readonly label?: string }) {
  const [told, tell] = useState("");
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => tell("Copied"),
      () => tell("Could not copy"),
    );
  };
  return (
    <button type="button" className="button quiet small" onClick={copy} onBlur={() => tell("")}>
      <Icon name={told === "Copied" ? "well" : "copy"} />
      <span aria-live="polite">{told === "" ? label : told}</span>
    </button>
  );
}
