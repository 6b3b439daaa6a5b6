/** How somebody came to the page that is now here. */
export interface Arrival {
  /** By a link or a key, and not by loading the console, by Back or by Forward. */
  readonly isNew: boolean;
  /** What had the focus is gone, or was outside of the page. */
  readonly wantsFocus: boolean;
}

let isFirst = true;
let wasPopped = false;
let isNoted = false;

addEventListener("popstate", () => {
  wasPopped = true;
});
// wouter's, of every address that was gone to.
addEventListener("pushState", () => {
  wasPopped = false;
});

/** Somebody follows a link that stays: the heading of the page that comes is to get the focus. */
export function noteArrival(): void {
  isNoted = true;
}

/** Asked once by each page when it is there. */
export function takeArrival(): Arrival {
  const arrival = {
    isNew: !isFirst && !wasPopped,
    wantsFocus: isNoted || (!isFirst && document.activeElement === document.body),
  };
  isFirst = false;
  wasPopped = false;
  isNoted = false;
  return arrival;
}
