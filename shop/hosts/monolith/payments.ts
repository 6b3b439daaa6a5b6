import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { type PaymentProviderProcess, startPaymentProvider } from "../../payment-provider/start.ts";
import { addressName, type Configuration } from "./configuration.ts";

/** The payment provider that the shop works with. */
export interface Payments {
  readonly url: string;
  readonly key: string;
  readonly webhookSecret: string;
  readonly isLocal: boolean;
  /** Lets the local provider send its notices to the shop at this URL; one that was given knows where to. */
  announce(shopUrl: string): Promise<void>;
  /** Ends the local provider. May be called again. */
  stop(): Promise<void>;
}

/** Path of the route that takes notices; billing's. */
const WEBHOOK_PATH = "/v1/payments/webhook";

/** Starts the local provider, unless the configuration names another. It ends with this process, however that ends. */
export async function openPayments(configuration: Configuration, log: Logger): Promise<Payments> {
  const { payments } = configuration;
  if (payments.kind === "given") {
    return {
      url: payments.url,
      key: payments.key.reveal(),
      webhookSecret: payments.webhookSecret.reveal(),
      isLocal: false,
      announce: async () => {},
      stop: async () => {},
    };
  }
  const provider = await startLocal(configuration);
  const secret = payments.webhookSecret?.reveal() ?? randomBytes(24).toString("base64url");
  let isStopping = false;
  provider.ended.then(() => {
    if (!isStopping)
      log.error("the payment provider has ended; nothing can be paid until the shop is restarted");
  });
  return {
    url: provider.url,
    key: provider.key,
    webhookSecret: secret,
    isLocal: true,
    announce: (shopUrl) => provider.setWebhook({ url: `${shopUrl}${WEBHOOK_PATH}`, secret }),
    stop: () => {
      isStopping = true;
      return provider.stop();
    },
  };
}

async function startLocal({ database, home }: Configuration): Promise<PaymentProviderProcess> {
  const name = database.kind === "embedded" ? "payments" : `payments-${addressName(database)}`;
  try {
    await mkdir(home, { recursive: true });
  } catch (cause) {
    throw new PaymentsError(
      `${home} cannot be written: ${(cause as Error).message}. Choose another ASHLAR_HOME.`,
      {
        cause,
      },
    );
  }
  try {
    return await startPaymentProvider({
      key: randomBytes(24).toString("base64url"),
      stateFile: join(home, `${name}.ndjson`),
    });
  } catch (cause) {
    throw new PaymentsError((cause as Error).message, { cause });
  }
}

/** There is no payment provider to work with. */
export class PaymentsError extends Error {
  override readonly name = "PaymentsError";
  readonly code = "SHOP_PAYMENTS_UNAVAILABLE";
}
