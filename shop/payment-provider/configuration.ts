/** What the provider is started with, read from its environment once. */
export interface Configuration {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What clients send as their bearer token. */
  readonly key: string;
  /** The file that holds everything; made if it is not there. */
  readonly stateFile: string;
  /** Where notices go until a client names another place; null holds them back until then. */
  readonly webhook: Webhook | null;
  readonly times: Times;
  /** Whether the end of its standard input stops it, so that it does not outlive who started it. */
  readonly stopsWithInput: boolean;
}

export interface Webhook {
  readonly url: string;
  /** Signs the notices. */
  readonly secret: string;
}

export interface Times {
  /** How long `card_slow` takes. */
  readonly slowMs: number;
  /** How long `card_timeout_after_capture` keeps its client waiting before the connection is cut. */
  readonly hangMs: number;
  /** From a capture to its settlement. */
  readonly settleMs: number;
  /** From a notice that was not accepted to its first repetition; doubled each time. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
}

/** Throws an Error listing all that is wrong. */
export function readConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const faults: string[] = [];
  const text = (name: string): string => {
    const value = environment[name] ?? "";
    if (value === "") faults.push(`${name} is not set`);
    return value;
  };
  const integer = (name: string, otherwise: number): number => {
    const value = environment[name] ?? "";
    if (value === "") return otherwise;
    if (!/^[0-9]{1,9}$/.test(value)) faults.push(`${name} is ${JSON.stringify(value)} and no whole number`);
    return Number(value);
  };
  const url = environment.PAYMENT_PROVIDER_WEBHOOK_URL ?? "";
  const configuration: Configuration = {
    host: environment.HOST || "127.0.0.1",
    port: integer("PORT", 4010),
    key: text("PAYMENT_PROVIDER_KEY"),
    stateFile: text("PAYMENT_PROVIDER_STATE"),
    webhook: url === "" ? null : { url, secret: text("PAYMENT_PROVIDER_WEBHOOK_SECRET") },
    times: {
      slowMs: integer("PAYMENT_PROVIDER_SLOW_MS", 5_000),
      hangMs: integer("PAYMENT_PROVIDER_HANG_MS", 60_000),
      settleMs: integer("PAYMENT_PROVIDER_SETTLE_MS", 1_000),
      retryMs: integer("PAYMENT_PROVIDER_RETRY_MS", 1_000),
      retryMaxMs: integer("PAYMENT_PROVIDER_RETRY_MAX_MS", 300_000),
    },
    stopsWithInput: environment.PAYMENT_PROVIDER_STOPS_WITH_INPUT === "1",
  };
  if (url !== "" && !URL.canParse(url)) faults.push("PAYMENT_PROVIDER_WEBHOOK_URL is no URL");
  if (faults.length > 0) throw new Error(`The payment provider cannot start: ${faults.join("; ")}.`);
  return configuration;
}
