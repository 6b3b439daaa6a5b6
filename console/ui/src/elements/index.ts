export { ActionButton, type ActionButtonProps } from "./action-button.tsx";
export { Bytes, Count, Duration, Share } from "./amounts.tsx";
export { Chart, type ChartLine, type ChartProps } from "./chart.tsx";
export { settled } from "./chart-series.ts";
export { Code } from "./code.tsx";
export { CopyButton } from "./copy-button.tsx";
export { Dialog } from "./dialog.tsx";
export { Empty } from "./empty.tsx";
export { Failure } from "./failure.tsx";
export { type Choice, ChoiceFilter, Filters, TextFilter, type UrlFilters, useFilters } from "./filters.tsx";
export {
  countOf,
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatExactTime,
  formatRate,
  formatSentence,
  formatShare,
  formatTime,
} from "./format.ts";
export { Icon, type IconName } from "./icon.tsx";
export { KeyValue, type KeyValueItem } from "./key-value.tsx";
export { Markdown } from "./markdown.tsx";
export { Module, moduleColour, useModuleHue } from "./module.tsx";
export { Ago, Time, useNow } from "./moments.tsx";
export { Page, Panel } from "./page.tsx";
export { Pager } from "./pager.tsx";
export { type PaletteEntry, usePaletteEntries } from "./palette-entries.ts";
export { Severity, type SeverityName } from "./severity.tsx";
export { type Column, Table } from "./table.tsx";
export { type TabItem, Tabs } from "./tabs.tsx";
export { Whole } from "./whole.tsx";
