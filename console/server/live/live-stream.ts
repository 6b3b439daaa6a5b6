import type { ServerResponse } from "node:http";
import type { LiveTopic } from "../../api/live.ts";

/** An answer is some kilobytes. Who has not taken so much is not reading. */
const MOST_UNREAD_BYTES = 512 * 1024;
const KEEP_ALIVE_MS = 15_000;

/** One client's stream of server-sent events. Ends by `end`, when its client goes, and when its client does not read. */
export class LiveStream {
  readonly #outgoing: ServerResponse;
  readonly #keepAlive: NodeJS.Timeout;
  #hasEnded = false;

  constructor(outgoing: ServerResponse, onEnd: () => void) {
    this.#outgoing = outgoing;
    this.#keepAlive = setInterval(() => this.#write(":\n\n"), KEEP_ALIVE_MS);
    outgoing.on("error", () => {});
    outgoing.once("close", () => {
      this.#hasEnded = true;
      clearInterval(this.#keepAlive);
      onEnd();
    });
    // The browser waits for so long before it comes back.
    this.#write("retry: 3000\n\n");
  }

  readonly send = (topic: LiveTopic, text: string): void => {
    // JSON has no line breaks of its own.
    this.#write(`event: ${topic}\ndata: ${text}\n\n`);
  };

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#outgoing.end();
  }

  #write(text: string): void {
    if (this.#hasEnded) return;
    if (this.#outgoing.writableLength > MOST_UNREAD_BYTES) {
      this.#outgoing.destroy();
      return;
    }
    this.#outgoing.write(text);
  }
}
