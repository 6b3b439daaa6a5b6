import { SVG_COLOURS, SVG_STYLE } from "./svg-style.ts";

/** How much smaller than drawn the picture may be shown; narrower windows scroll it. */
const SMALLEST = 0.85;

export function pageStyle(pictureWidth: number): string {
  return `${SVG_COLOURS}${SVG_STYLE}
*{box-sizing:border-box}
html{background:var(--ground);color:var(--ink);font:15px/1.5 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;scroll-behavior:smooth}
body{margin:0 auto;max-width:1680px;padding:32px 40px 64px}
header{margin-bottom:20px}
h1,h2,h3,h4,p,ul,dl{margin:0}
h1{font-size:28px;line-height:1.2;letter-spacing:-.01em}
h2{font-size:20px;line-height:1.3;margin-bottom:12px}
h3{font-size:16px;line-height:1.35}
h4{font-size:13px;line-height:1.4;color:var(--soft);font-weight:600;margin-bottom:4px}
header p,.soft{color:var(--soft)}
main>section{margin-top:40px}
main>section:first-child{margin-top:0}
main>section>h3{margin:20px 0 8px}
main>section>p{margin-bottom:8px;max-width:72ch}
code{font:13px/1.4 ui-monospace,"SF Mono",Menlo,Consolas,monospace}
a{color:var(--accent)}
.picture{overflow-x:auto;border:1px solid var(--faint);border-radius:12px;padding:8px}
.picture svg{display:block;width:100%;height:auto;max-width:${Math.ceil(pictureWidth * 1.15)}px;min-width:${Math.floor(pictureWidth * SMALLEST)}px;margin:0 auto}
.graph a{cursor:pointer}
.graph a:hover .box,.graph a:focus .box{stroke:var(--accent);stroke-width:2.25}
.graph a:focus{outline:none}
.graph .line,.graph .label,.graph .module{transition:opacity .12s}
.graph.focused .line:not(.lit),.graph.focused .label:not(.lit){opacity:.12}
.graph.focused .module:not(.lit){opacity:.4}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.table{overflow-x:auto}
table{border-collapse:collapse;font-size:14px;line-height:1.45}
th,td{text-align:left;vertical-align:top;padding:5px 20px 5px 0;font-weight:400;border-top:1px solid var(--faint)}
thead th,thead td{border-top:0;padding-top:0;font-size:12px;color:var(--soft)}
tbody th{font-weight:500}
tr>:last-child{padding-right:0}
main>section>.table table{width:100%}
main>section .table td:nth-child(2){white-space:nowrap}
.table .number{text-align:right;font-variant-numeric:tabular-nums}
.tag{color:var(--accent);font-weight:600;white-space:nowrap}
article{background:var(--box);border:1px solid var(--faint);border-radius:12px;padding:22px 24px;margin-bottom:16px;scroll-margin-top:16px}
article:target{border-color:var(--accent)}
article>h3{font-size:20px;margin-bottom:4px}
article>p{max-width:76ch}
dl{display:flex;flex-wrap:wrap;gap:4px 28px;margin-top:8px;color:var(--soft);font-size:14px}
dl div{display:flex;gap:8px}
dt::after{content:":"}
dd{margin:0;color:var(--ink);overflow-wrap:anywhere}
.parts{columns:420px;column-gap:48px;margin-top:18px}
.parts section{break-inside:avoid;padding-bottom:22px}
ul{list-style:none;padding:0;font-size:14px}
@media (max-width:640px){body{padding:20px 16px 48px}h1{font-size:24px}article{padding:18px 16px}table{font-size:13px}th,td{padding-right:12px}main>section .table td:nth-child(2){white-space:normal}.parts{columns:auto}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}.graph .line,.graph .label,.graph .module{transition:none}}
`;
}
