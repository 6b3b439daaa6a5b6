import { EXIT } from "../exit-code.ts";
import { projectCommand } from "../project-command.ts";

interface TestOptions {
  readonly serialised?: true;
  readonly json?: true;
}

export const test = projectCommand<TestOptions>({
  name: "test",
  summary: "Run the tests on one PostgreSQL of their own, behind the walls.",
  details:
    "The tests are the files `test/**/*.test.ts` of the project and of its packages. Without\n" +
    "words all of them run; with words those that are named, or whose path contains a word.",
  example: "ashlar test orders",
  configure: (command) =>
    command
      .argument("[files...]", "files, or parts of their paths")
      .option("--serialised", "validate and clone every call between modules"),
  async run(desk, { serialised, json }, words) {
    const { runTests } = await import("ashlar/testing");
    const { selectTests } = await import("../project/select-tests.ts");
    const files = selectTests(desk.project, words);
    if (files.length === 0) {
      desk.answer({ files, passed: 0, failed: 0 }, () =>
        words.length === 0
          ? "The project has no tests: there is no test/**/*.test.ts."
          : `No test file matches ${words.join(" ")}.`,
      );
      return EXIT.nothingMatched;
    }
    const result = await runTests({
      root: desk.project.root,
      files,
      signal: desk.signal,
      ...(serialised === undefined ? {} : { serialised }),
      ...(json === true ? {} : { write: (text) => process.stdout.write(text) }),
    });
    desk.answer({ files, ...result }, ({ passed, failed }) => `${passed} passed, ${failed} failed`);
    if (desk.signal.aborted) return EXIT.interrupted;
    return result.failed > 0 ? EXIT.failed : EXIT.done;
  },
});
