import { type ReactNode, useEffect, useId, useRef } from "react";
import { useSession } from "../api/session.ts";
import { takeArrival } from "./arrival.ts";

/** One screen: its heading, what it is about in a sentence, and what can be done on all of it. */
export function Page({
  title,
  lede,
  actions,
  children,
}: {
  readonly title: string;
  readonly lede?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const app = useSession()?.app;
  // Who came by a link goes on from the heading, by keyboard as by ear.
  useEffect(() => {
    const { isNew, wantsFocus } = takeArrival();
    if (isNew) scrollTo(0, 0);
    if (wantsFocus) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <div className="page">
      <title>{app === undefined ? title : `${title} · ${app}`}</title>
      <div className="page-head">
        <div className="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lede !== undefined && <p className="page-lede">{lede}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** A part of a page, under a heading of its own. */
export function Panel({
  title,
  aside,
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className="panel-aside">{aside}</div>}
      </div>
      <div className="panel-body">{children}</div>
    </section>
  );
}
