import type { ConsoleClient } from "./console-client.ts";
import { TopError } from "./top-error.ts";

/** Asks the person at the terminal for what the console asks for, and signs in. Resolves with how to sign out. */
export async function askAndSignIn(client: ConsoleClient): Promise<() => Promise<void>> {
  const asksFor = await client.asksFor();
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new TopError(
      "ASHLAR_CLI_TOP_REFUSED",
      "ASHLAR_TOKEN is not set, and there is no terminal to ask on. It is a token that the app takes, of somebody with a role of the console.",
    );
  }
  const { isCancel, password, text } = await import("@clack/prompts");
  const given = async (answer: Promise<string | symbol>) => {
    const value = await answer;
    if (typeof value === "string" && !isCancel(value)) return value;
    throw new TopError("ASHLAR_CLI_TOP_REFUSED", "Nobody signed in.");
  };
  // Beside the answer, which may be piped.
  const output = process.stderr;
  if (asksFor === "token") {
    return await client.signIn({ token: await given(password({ message: "Token", output })) });
  }
  const name = await given(text({ message: "E-mail or name", output }));
  return await client.signIn({ name, password: await given(password({ message: "Password", output })) });
}
