import { formatBytes, formatCount, formatDuration, formatShare, NOTHING } from "./format.ts";

type Amount = number | null | undefined;

export function Duration({ ms }: { readonly ms: Amount }) {
  return <Figure text={ms == null ? null : formatDuration(ms)} />;
}

/** `10,000+` where only a bound is known. */
export function Count({ of, isAtLeast = false }: { readonly of: Amount; readonly isAtLeast?: boolean }) {
  return <Figure text={of == null ? null : formatCount(of, isAtLeast)} />;
}

/** Of a share from 0 to 1. */
export function Share({ of }: { readonly of: Amount }) {
  return <Figure text={of == null ? null : formatShare(of)} />;
}

export function Bytes({ of }: { readonly of: Amount }) {
  return <Figure text={of == null ? null : formatBytes(of)} />;
}

function Figure({ text }: { readonly text: string | null }) {
  if (text === null) return <span className="nothing">{NOTHING}</span>;
  return <span className="figure">{text}</span>;
}
