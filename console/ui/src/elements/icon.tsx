import type { ReactNode } from "react";

/** Drawn on 16 × 16 in the colour of the text; always beside a word, so hidden from who listens. */
const SHAPES = {
  error: <path d="M8 1.5 14.5 8 8 14.5 1.5 8ZM8 5v3.5M8 10.8v.2" />,
  warning: <path d="M8 2 14.5 13.5H1.5ZM8 6.5v3.2M8 11.4v.2" />,
  note: <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM8 7.3v3.7M8 5v.2" />,
  well: <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM5.3 8.2l1.9 1.9 3.5-3.9" />,
  blind: <path d="M2 8s2.2-4 6-4 6 4 6 4-2.2 4-6 4-6-4-6-4ZM2.5 13.5l11-11" />,
  now: <path d="M1.5 8.5h3l2-5 3 9 2-4h3" />,
  map: <path d="M2.5 2.5h4v4h-4zM9.5 9.5h4v4h-4zM6.5 4.5h5v5M4.5 6.5v5h5" />,
  modules: <path d="M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z" />,
  traces: <path d="M2 3.5h7M4.5 6.5h7M6.5 9.5h7.5M8 12.5h4" />,
  jobs: <path d="M3 4.5h10M3 8h10M3 11.5h6M12 10.2l2 1.6-2 1.6" />,
  events: <path d="M8.8 1.8 3.5 9h4l-.5 5.2L12.5 7h-4z" />,
  database: (
    <path d="M2.5 4c0-1.2 2.5-2 5.5-2s5.5.8 5.5 2-2.5 2-5.5 2-5.5-.8-5.5-2v8c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2V4M2.5 8c0 1.2 2.5 2 5.5 2s5.5-.8 5.5-2" />
  ),
  deploys: <path d="M8 13.5v-8M4.5 8.5 8 5l3.5 3.5M3 2.5h10" />,
  audit: <path d="M4 1.8h8v12.4H4zM6.2 5h3.6M6.2 8h3.6M6.2 11h2" />,
  search: <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 1 0 0-9ZM10.3 10.3l3.7 3.7" />,
  close: <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" />,
  pause: <path d="M5.5 3v10M10.5 3v10" />,
  play: <path d="M5 3l7.5 5L5 13z" />,
  sun: (
    <path d="M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 1 0 0-5.6ZM8 1.5v1.4M8 13.1v1.4M1.5 8h1.4M13.1 8h1.4M3.4 3.4l1 1M11.6 11.6l1 1M3.4 12.6l1-1M11.6 4.4l1-1" />
  ),
  moon: <path d="M13.5 9.8A5.8 5.8 0 0 1 6.2 2.5a5.8 5.8 0 1 0 7.3 7.3Z" />,
  system: <path d="M2 3h12v8H2zM6 13.5h4M8 11v2.5" />,
  exit: <path d="M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3" />,
  menu: <path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />,
  copy: <path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />,
  help: (
    <path d="M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 1 0 8 1.8ZM6.2 6.3c0-2.3 3.7-2.3 3.7 0 0 1.5-1.9 1.5-1.9 3M8 11.2v.2" />
  ),
  next: <path d="M6 3.5 10.5 8 6 12.5" />,
  previous: <path d="M10 3.5 5.5 8l4.5 4.5" />,
  link: <path d="M6 3H3v10h10v-3M9 2.5h4.5V7M13.2 2.8 7.5 8.5" />,
  table: <path d="M2 3h12v10H2zM2 6.5h12M6.5 6.5V13" />,
  chart: <path d="M2 2.5v11h12M4.5 10.5l3-3.5 2.5 2 4-5" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" data-icon={name} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      {SHAPES[name]}
    </svg>
  );
}
