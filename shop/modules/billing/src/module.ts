import { defineModule } from "ashlar/module";
import { performCapture } from "./capture-payment.ts";
import { creditInvoice } from "./credit-invoice.ts";
import { definition } from "./definition.ts";
import { getInvoice } from "./get-invoice.ts";
import { getPayment } from "./get-payment.ts";
import { issueInvoice } from "./issue-invoice.ts";
import { listReconciliationDifferences } from "./list-reconciliation-differences.ts";
import { payInvoice } from "./pay-invoice.ts";
import { receivePaymentNotice } from "./receive-payment-notice.ts";
import { performReconcile, reconcileNightly } from "./reconcile.ts";
import { performRefund } from "./refund-payment.ts";
import { routes } from "./routes.ts";

export {
  type BillingPorts,
  type Capture,
  type PaymentProvider,
  PaymentProviderError,
  type ProviderTransaction,
} from "./payment-provider.ts";

export default defineModule(definition, {
  handlers: [
    issueInvoice,
    creditInvoice,
    getInvoice,
    payInvoice,
    getPayment,
    receivePaymentNotice,
    listReconciliationDifferences,
  ],
  jobs: [performCapture, performRefund, performReconcile],
  schedules: [reconcileNightly],
  routes,
  migrations: new URL("../migrations/", import.meta.url),
});
