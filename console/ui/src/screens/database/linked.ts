import { type RefObject, useEffect, useRef } from "react";

/**
 * For the element around a list: brings the entry that the address names (`data-selected`) into sight once it is
 * there, and not again when the list is renewed.
 */
export function useLinked(id: string | null, isThere: boolean): RefObject<HTMLDivElement | null> {
  const around = useRef<HTMLDivElement>(null);
  const seen = useRef<string>(null);
  useEffect(() => {
    if (id === null || !isThere || seen.current === id) return;
    const entry = around.current?.querySelector<HTMLElement>("[data-selected]");
    if (entry == null) return;
    seen.current = id;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    entry.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
  }, [id, isThere]);
  return around;
}
