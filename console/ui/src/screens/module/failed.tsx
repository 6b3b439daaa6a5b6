import type { Work } from "../../../../api/work.ts";
import { Share } from "../../elements/index.ts";

/** Which part of some work failed; in the colour of trouble as soon as anything did. */
export function Failed({ work }: { readonly work: Work }) {
  if (work.count === 0) return <Share of={null} />;
  if (work.failed === 0) return <Share of={0} />;
  return (
    <span className="failed-share" data-severity={work.errorShare < 0.01 ? "warning" : "error"}>
      <Share of={work.errorShare} />
    </span>
  );
}
