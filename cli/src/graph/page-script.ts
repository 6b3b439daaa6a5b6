/** Hovering over or focusing a module or line fades everything that it has nothing to do with. */
export const PAGE_SCRIPT = `
const picture = document.querySelector(".graph");
const parts = [...picture.querySelectorAll("[data-module], [data-from]")];
function light(part) {
  const { module, from, to } = part.dataset;
  const isEdge = from !== undefined;
  const isLit = (each) => isEdge ? each.dataset.from === from && each.dataset.to === to : each.dataset.from === module || each.dataset.to === module;
  const near = new Set(isEdge ? [from, to] : [module]);
  for (const each of parts) {
    if (each.dataset.from === undefined || !isLit(each)) continue;
    near.add(each.dataset.from).add(each.dataset.to);
  }
  for (const each of parts) {
    each.classList.toggle("lit", each.dataset.from === undefined ? near.has(each.dataset.module) : isLit(each));
  }
  picture.classList.add("focused");
}
function dim() {
  picture.classList.remove("focused");
}
const partOf = (event) => event.target.closest("[data-module], [data-from]") ?? event.target.querySelector?.("[data-module]");
for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
  picture.addEventListener(begin, (event) => { const part = partOf(event); if (part && event.target !== picture) light(part); });
  picture.addEventListener(end, dim);
}
`;
