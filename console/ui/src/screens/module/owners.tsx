/** As in CODEOWNERS. */
export function Owners({ of }: { readonly of: readonly string[] }) {
  return of.length === 0 ? <span className="quiet-text">nobody</span> : <span>{of.join(", ")}</span>;
}
