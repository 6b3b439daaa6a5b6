import { Link } from "wouter";
import type { NowNumbers } from "../../../../api/now.ts";
import { formatCount, formatDuration, formatRate, formatShare } from "../../elements/index.ts";

const UNKNOWN = "–";

/** How much is going on, of all instances. */
export function NumberTiles({ numbers }: { readonly numbers: NowNumbers }) {
  const { requestsPerSecond, errorShare, p99Ms, jobsReady, deadLetters } = numbers;
  const tiles = [
    {
      name: "Requests",
      value: requestsPerSecond === null ? UNKNOWN : formatRate(requestsPerSecond),
      href: "/traces",
    },
    {
      name: "Failed",
      value: errorShare === null ? UNKNOWN : formatShare(errorShare),
      href: "/traces?failed=1",
      isBad: (errorShare ?? 0) > 0.005,
    },
    {
      name: "99th percentile",
      value: p99Ms === null ? UNKNOWN : formatDuration(p99Ms),
      href: "/traces?slow=1",
    },
    {
      name: "Jobs ready",
      value: jobsReady === null ? UNKNOWN : formatCount(jobsReady, numbers.isJobsReadyAtLeast),
      href: "/jobs",
    },
    {
      name: "Dead letters",
      value: deadLetters === null ? UNKNOWN : formatCount(deadLetters, numbers.isDeadLettersAtLeast),
      href: "/jobs?state=dead",
      isBad: (deadLetters ?? 0) > 0,
    },
  ];
  return (
    <ul className="now-numbers" aria-label="Numbers of the last full minute">
      {tiles.map(({ name, value, href, isBad }) => (
        <li key={name}>
          <Link className="now-number" href={href} data-bad={isBad ? "" : undefined}>
            <span className="now-number-name">{name}</span>
            <span className="now-number-value">{value}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
