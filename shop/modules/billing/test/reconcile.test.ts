import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { billing } from "../contract/index.ts";
import { reconcile } from "../src/jobs.ts";
import { account, actor, billingApp } from "./billing-app.ts";

const { app, adminQuery, clock, jobs, provider, issue, credit, pay } = await billingApp();
const DAY_MS = 86_400_000;

describe("the nightly comparison", () => {
  it("finds nothing in a day on which all went well", async () => {
    const kept = await captured();
    const returned = await captured();
    await credit(returned.orderId);
    await jobs.runDue();
    const day = today();
    const report = await nextMorning();
    assert.deepEqual(report, {
      day,
      comparedAt: clock.now().toISOString(),
      transactions: 3,
      differences: 0,
      items: [],
    });
    assert.equal((await app.execute(billing.getPayment, { id: kept.id }, { actor })).state, "captured");
  });

  it("knows of a day that was not compared, and of one that is in no calendar", async () => {
    for (const day of ["2999-12-31", "2025-02-30"]) {
      const report = await differences(day);
      assert.deepEqual(report, { day, comparedAt: null, transactions: 0, differences: 0, items: [] });
    }
  });

  it("is shown to operators only", async () => {
    const show = (roles: string[]) =>
      app.execute(
        billing.listReconciliationDifferences,
        { day: today() },
        { actor: account(randomUUID(), roles) },
      );
    await assert.rejects(show(["customer"]), { code: "BILLING_OPERATORS_ONLY" });
    assert.equal((await show(["operator"])).day, today());
  });

  it("replaces what it found when a day is compared again", async () => {
    const { id } = await captured();
    await adminQuery`update billing.payments set amount = 1 where id = ${id}`;
    const day = today();
    assert.ok((await nextMorning()).differences > 0);
    await adminQuery`update billing.payments set amount = 4999 where id = ${id}`;
    await compareAgain(day);
    assert.deepEqual((await differences(day)).items, []);
  });

  it("forgets notices that no one will repeat", async () => {
    const { id } = await captured();
    await adminQuery`
      insert into billing.payment_notices (id, payment_id, kind, received_at)
      values ('old', ${id}, 'capture.succeeded', ${new Date(clock.now().getTime() - 31 * DAY_MS)}),
        ('young', ${id}, 'capture.settled', ${clock.now()})`;
    await nextMorning();
    const left = await adminQuery<{
      id: string;
    }>`select id from billing.payment_notices where id in ('old', 'young')`;
    assert.deepEqual(left, [{ id: "young" }]);
  });

  const PLANTED: Record<string, () => Promise<string>> = {
    unknown_payment: async () => {
      const paymentId = randomUUID();
      provider.charge({ paymentId, amount: 700, currency: "USD" });
      return paymentId;
    },
    capture_not_recorded: async () => {
      const { id } = await captured();
      await unbook(id, "payment");
      await adminQuery`
        update billing.payments set state = 'declined', captured_at = null, decline_reason = 'made up'
        where id = ${id}`;
      return id;
    },
    capture_not_at_provider: async () => {
      const { id } = await captured();
      forget(id, "capture");
      return id;
    },
    captured_twice: async () => {
      const { id } = await captured();
      provider.add("capture", "cap_again", { paymentId: id, amount: 4999, currency: "USD" });
      return id;
    },
    refund_not_recorded: async () => {
      const { id } = await captured();
      provider.add("refund", "ref_by_hand", { paymentId: id, amount: 4999, currency: "USD" });
      return id;
    },
    refund_not_at_provider: async () => {
      const { id, orderId } = await captured();
      await credit(orderId);
      await jobs.runDue();
      forget(id, "refund");
      return id;
    },
    amount_differs: async () => {
      const { id } = await captured();
      const at = provider.transactions.findIndex(({ reference }) => reference === id);
      provider.transactions[at] = { ...provider.transactions[at]!, amount: 4998 };
      return id;
    },
    ledger_differs: async () => {
      const { id } = await captured();
      await unbook(id, "payment");
      return id;
    },
    unfounded_entry: async () => {
      const id = randomUUID();
      await adminQuery`
        insert into billing.journal_entries (id, document_kind, document_id, booked_at)
        values (gen_random_uuid(), 'payment', ${id}, ${clock.now()})`;
      return id;
    },
    unresolved: async () => {
      const { id: invoiceId } = await issue();
      const { id } = await pay(invoiceId);
      // As if the job had been thrown away.
      await adminQuery`delete from billing._jobs where payload ->> 'paymentId' = ${id}`;
      return id;
    },
    credited_and_kept: async () => {
      const { id, orderId } = await captured();
      await credit(orderId);
      await adminQuery`delete from billing._jobs where payload ->> 'paymentId' = ${id}`;
      await adminQuery`update billing.payments set state = 'captured' where id = ${id}`;
      return id;
    },
  };
  for (const [kind, plant] of Object.entries(PLANTED)) {
    it(`finds ${kind}, planted, and nothing else`, async () => {
      const reference = await plant();
      const { items } = await nextMorning();
      assert.deepEqual(
        items.map((item) => [item.kind, item.reference]),
        [[kind, reference]],
      );
      await cleanUp(reference);
    });
  }
});

async function captured() {
  const orderId = randomUUID();
  const { id: invoiceId } = await issue({ orderId });
  const { id } = await pay(invoiceId);
  await jobs.runDue();
  return { orderId, invoiceId, id };
}

function today(): string {
  return clock.now().toISOString().slice(0, 10);
}

/** Goes on to the next day, past three o'clock, and shows what was found about the one that is over. */
async function nextMorning() {
  const day = today();
  clock.set(new Date(Date.parse(`${day}T03:00:30Z`) + DAY_MS));
  await jobs.runDue();
  return differences(day);
}

function differences(day: string) {
  return app.execute(billing.listReconciliationDifferences, { day }, { actor });
}

async function compareAgain(day: string): Promise<void> {
  await app.enqueueAll([reconcile.of({ day })]);
  await jobs.runDue();
}

async function unbook(id: string, kind: string): Promise<void> {
  await adminQuery`
    delete from billing.postings
    where entry_id in (select id from billing.journal_entries where document_id = ${id} and document_kind = ${kind})`;
  await adminQuery`delete from billing.journal_entries where document_id = ${id} and document_kind = ${kind}`;
}

function forget(id: string, kind: string): void {
  const at = provider.transactions.findIndex((each) => each.reference === id && each.kind === kind);
  provider.transactions.splice(at, 1);
}

/** Takes away what was planted, so that the next day has only what is planted then. */
async function cleanUp(reference: string): Promise<void> {
  for (const kind of ["payment", "refund"]) await unbook(reference, kind);
  await adminQuery`delete from billing.payments where id = ${reference}`;
}
