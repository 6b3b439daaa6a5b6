import type { Desk } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { changesText, countsOf, countsText } from "./change-report.ts";
import { openApiChanges } from "./openapi-difference.ts";
import { readOpenApi } from "./openapi-file.ts";

export interface OpenApiDiffOptions {
  readonly all?: true;
}

export async function runOpenApiDiff(
  { answer }: Desk,
  { all }: OpenApiDiffOptions,
  [oldFile, newFile]: readonly string[],
): Promise<ExitCode> {
  const old = await readOpenApi(oldFile!);
  const new_ = await readOpenApi(newFile!);
  const changes = openApiChanges(old, new_);
  const counts = countsOf(changes);
  answer({ old: oldFile, new: newFile, counts, changes }, () =>
    [
      ...(changesText(changes, all === true) === "" ? [] : [changesText(changes, all === true), ""]),
      `${countsText(counts)} from ${oldFile} to ${newFile}.`,
    ].join("\n"),
  );
  return counts.errors > 0 ? EXIT.failed : EXIT.done;
}
