/** What stands where nothing is known. */
export const NOTHING = "–";

const grouped = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayAndClock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const exact = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long" });

/** `340 ms`, `1.2 s`, `4 min 5 s`, `3.0 h`, `12 d`. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms < 1) return ms === 0 ? "0 ms" : `${ms.toFixed(2)} ms`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = seconds / 60;
  if (minutes < 59.5) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  if (hours < 48) return hours < 10 ? `${hours.toFixed(1)} h` : `${Math.round(hours)} h`;
  return `${Math.round(hours / 24)} d`;
}

/** What the server tells without capital and full stop, as a sentence. */
export function formatSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `10,000`, or `10,000+` of at least so many. */
export function formatCount(count: number, isAtLeast = false): string {
  return `${grouped.format(Math.round(count))}${isAtLeast ? "+" : ""}`;
}

/** `1 job`, `10,000+ jobs`, `3 deliveries`. */
export function countOf(count: number, one: string, isAtLeast = false): string {
  return `${formatCount(count, isAtLeast)} ${count === 1 && !isAtLeast ? one : manyOf(one)}`;
}

/** Of the words that the console counts: a y behind a consonant becomes ies. */
function manyOf(one: string): string {
  return /[^aeiou]y$/.test(one) ? `${one.slice(0, -1)}ies` : `${one}s`;
}

/** Of a share from 0 to 1: `0 %`, `0.04 %`, `2.5 %`, `31 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (Math.abs(percent) < 0.01) return "< 0.01 %";
  if (Math.abs(percent) < 1) return `${percent.toFixed(2)} %`;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}

/** Per second: `0.2/s`, `31/s`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return "0/s";
  if (perSecond < 0.01) return "< 0.01/s";
  if (perSecond < 1) return `${perSecond.toFixed(2)}/s`;
  return `${perSecond < 9.95 ? perSecond.toFixed(1) : grouped.format(Math.round(perSecond))}/s`;
}

/** `812 B`, `4.2 kB`, `31 MB`: by thousands. */
export function formatBytes(bytes: number): string {
  let amount = bytes;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (Math.abs(amount) < 999.5) {
      return `${unit === "B" || amount >= 9.95 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
    }
    amount /= 1_000;
  }
  return `${amount.toFixed(1)} TB`;
}

/** In the reader's zone: `03:12:05` of today, else `20 Nov, 03:12:05`. */
export function formatTime(at: number, now = Date.now()): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return (isToday ? clock : dayAndClock).format(at);
}

/** With date and zone, for whoever wants to know exactly. */
export function formatExactTime(at: number): string {
  return exact.format(at);
}

/** `just now`, `4 min ago`, `in 2 h`. */
export function formatAgo(at: number, now = Date.now()): string {
  const ms = now - at;
  if (Math.abs(ms) < 1_500) return "just now";
  const text = coarse(Math.abs(ms));
  return ms > 0 ? `${text} ago` : `in ${text}`;
}

function coarse(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  if (seconds < 3_570) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
