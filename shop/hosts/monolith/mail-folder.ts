import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mailer } from "../../modules/ordering/src/module.ts";
import { mailMessage, plainName } from "./mail-message.ts";

/**
 * Puts each mail into a folder as a file `<id>.eml`, which mail programs open. For development: nothing is sent.
 * A mail that comes again replaces its file, and whoever looks into the folder sees whole files only.
 */
export function mailFolder(directory: string, now: () => Date = () => new Date()): Mailer {
  return {
    async send(mail, signal) {
      const message = mailMessage(mail, now());
      if (message === null) return "undeliverable";
      // Mails are about people: nobody else on this machine need read them.
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const draft = join(directory, `.${randomUUID()}.draft`);
      try {
        await writeFile(draft, message, { mode: 0o600, flush: true, signal });
        await rename(draft, join(directory, `${plainName(mail.id)}.eml`));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
      return "sent";
    },
  };
}
