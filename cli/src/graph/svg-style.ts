import { NAME_SIZE, TEXT_SIZE } from "@ashlar/graph";

const LIGHT =
  "--ground:#fbfaf7;--box:#ffffff;--box-line:#c3cad1;--ink:#1d2227;--soft:#58616b;--line:#6d7782;--accent:#0b6e72;--faint:#e4e7ea;--tint:#e6f1f1";
const DARK =
  "--ground:#14171a;--box:#1d2125;--box-line:#434c55;--ink:#e8ebee;--soft:#a3adb7;--line:#8b96a1;--accent:#55c5c9;--faint:#2a3036;--tint:#16302f";

/** The colours of the pictures and pages, light and dark. All text has at least 4.5 to 1 on its ground. */
export const SVG_COLOURS = `:root{color-scheme:light dark;${LIGHT}}@media (prefers-color-scheme:dark){:root{${DARK}}}`;

/** Kinds of lines differ by their pattern, width and ends, and by colour only beside that. */
export const SVG_STYLE = `
.graph text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
.graph .name{font-size:${NAME_SIZE}px;font-weight:600}
.graph .small{font-size:${TEXT_SIZE}px}
.graph .soft{fill:var(--soft)}
.graph .ground{fill:var(--ground)}
.graph .box{fill:var(--box);stroke:var(--box-line);stroke-width:1.25}
.graph .elsewhere .box{fill:none;stroke-dasharray:5 4}
.graph .line{fill:none;stroke:var(--line);stroke-width:1.5}
.graph .line.atomic{stroke:var(--accent);stroke-width:2.75}
.graph .line.events{stroke-dasharray:7 5}
.graph .line.reads{stroke-dasharray:1.5 4;stroke-linecap:round;stroke-width:2}
.graph .fill-calls,.graph .fill-reads{fill:var(--line)}
.graph .fill-atomic{fill:var(--accent)}
.graph .stroke-events{fill:none;stroke:var(--line);stroke-width:1.75}
.graph .ink-calls,.graph .ink-events,.graph .ink-reads{fill:var(--soft)}
.graph .ink-atomic{fill:var(--accent);font-weight:600}
`;
