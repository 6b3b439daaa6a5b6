import { writeSync } from "node:fs";

const ALTERNATE = "\u001b[?1049h\u001b[?25l";
const BACK = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const TO_END_OF_LINE = "\u001b[K";
const TO_END_OF_SCREEN = "\u001b[J";

/** The terminal while something redraws itself in it. What was there before comes back however the process ends. */
export class Screen {
  readonly #onKey: (key: string) => void;
  readonly #onResize: () => void;
  readonly #restore = () => writeSync(1, BACK);
  readonly #hear = (keys: string) => {
    for (const key of keys) this.#onKey(key);
  };
  #isOpen = false;

  constructor(parts: { readonly onKey: (key: string) => void; readonly onResize: () => void }) {
    this.#onKey = parts.onKey;
    this.#onResize = parts.onResize;
  }

  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    // Also when something throws that nobody catches.
    process.once("exit", this.#restore);
    process.stdout.write(ALTERNATE);
    process.stdout.on("resize", this.#onResize);
    if (process.stdin.isTTY === true) {
      process.stdin.setRawMode(true).setEncoding("utf8").on("data", this.#hear);
      process.stdin.resume();
    }
  }

  /** Over what is there, so that nothing flickers. */
  draw(lines: readonly string[]): void {
    if (!this.#isOpen) return;
    process.stdout.write(
      HOME + lines.map((line) => line + TO_END_OF_LINE).join("\r\n") + TO_END_OF_LINE + TO_END_OF_SCREEN,
    );
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.stdout.off("resize", this.#onResize);
    if (process.stdin.isTTY === true) {
      process.stdin.off("data", this.#hear).setRawMode(false);
      process.stdin.pause();
    }
    process.off("exit", this.#restore);
    this.#restore();
  }
}
