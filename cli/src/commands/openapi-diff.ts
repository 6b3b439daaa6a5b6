import type { OpenApiDiffOptions } from "../contracts/run-openapi-diff.ts";
import { plainCommand } from "../project-command.ts";

export const openapiDiff = plainCommand<OpenApiDiffOptions>({
  name: "diff",
  summary: "Compare two OpenAPI 3.0 or 3.1 files and find what breaks clients.",
  details: `Files are JSON or YAML, with all references inside. A schema that several operations share is
compared once. Ends with 1 when something breaks clients.`,
  example: "ashlar openapi diff old.yaml new.yaml",
  configure: (command) =>
    command
      .argument("<old>", "the description as it was")
      .argument("<new>", "as it is now")
      .option("--all", "compatible changes too"),
  run: async (desk, options, files) =>
    (await import("../contracts/run-openapi-diff.ts")).runOpenApiDiff(desk, options, files),
});
