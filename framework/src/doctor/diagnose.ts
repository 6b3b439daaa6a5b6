import type { Look } from "./check.ts";
import { error, type Finding, note, ok, type Symptom, warning } from "./finding.ts";

/** What a check finds: that all is well, when it finds nothing; that it could not look, when it fails. */
export async function diagnose(
  { id, holds }: { readonly id: string; readonly holds: string },
  look: () => Look,
): Promise<Finding[]> {
  try {
    const symptoms = await look();
    return named(id, ...(symptoms.length === 0 ? [ok(holds)] : symptoms));
  } catch (failure) {
    return named(id, couldNotLook(id, failure));
  }
}

export function named(check: string, ...symptoms: readonly Symptom[]): Finding[] {
  return symptoms.map((symptom) => ({ check, ...symptom }));
}

const INSUFFICIENT_PRIVILEGE = "42501";
/** A lock was not got in time; a statement was not done in time. */
const HELD_UP = new Set(["55P03", "57014"]);

function couldNotLook(id: string, failure: unknown): Symptom {
  const { code, message } = failure as { code?: string; message: string };
  const evidence = [`${message}${code === undefined ? "" : ` (${code})`}`];
  const title = `Could not look: ${id}`;
  if (code === INSUFFICIENT_PRIVILEGE) {
    return note(title, evidence, "Call the doctor as the administrator that the app is started with.");
  }
  const remedy = HELD_UP.has(code ?? "")
    ? "Somebody else held it up: the check long-transactions may name him. Then try again."
    : "Try again; if it stays, this is a fault of the doctor: report it.";
  return warning(title, evidence, remedy);
}

export function unreachable(failure: unknown): Symptom {
  const { code, message, errors } = failure as { code?: string; message: string; errors?: Error[] };
  // A host with several addresses rejects with an error whose own message is empty.
  const reason = message || (errors ?? []).map((each) => each.message).join("; ");
  return error(
    "The database cannot be reached",
    [`${reason}${code === undefined ? "" : ` (${code})`}`],
    "Check the URL, that the server runs, and that it lets this user in from here.",
  );
}
