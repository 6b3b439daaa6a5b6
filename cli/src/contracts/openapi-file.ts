import { readFileSync } from "node:fs";
import { BrokenReference, isObject, resolve, type SchemaObject, type SchemaRoot } from "./schema-node.ts";

/** A file is no OpenAPI document that can be compared. The message names the file and the place in it. */
export class OpenApiFileError extends Error {
  override readonly name = "OpenApiFileError";
  readonly code = "ASHLAR_CLI_OPENAPI_UNREADABLE";
}

/** An OpenAPI 3.0 or 3.1 document whose references all lead somewhere inside it. */
export interface OpenApiDescription extends SchemaRoot {
  readonly document: SchemaObject;
  /** The file it is from, as it was named. */
  readonly file: string;
}

/** Reads JSON or YAML. Throws OpenApiFileError. */
export async function readOpenApi(file: string): Promise<OpenApiDescription> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new OpenApiFileError(
      isMissing ? `There is no file ${file}.` : `${file} cannot be read: ${(cause as Error).message}.`,
      { cause },
    );
  }
  return checkedOpenApi(await parsed(text, file), file);
}

/** `file` is what messages call it. Throws OpenApiFileError. */
export function checkedOpenApi(document: unknown, file: string): OpenApiDescription {
  if (!isObject(document)) {
    throw new OpenApiFileError(`${file} holds no OpenAPI document: it is no object.`);
  }
  if ("swagger" in document) {
    throw new OpenApiFileError(
      `${file} is Swagger ${String(document.swagger)}. Convert it to OpenAPI 3 first, for example with swagger2openapi.`,
    );
  }
  const { openapi } = document;
  if (typeof openapi !== "string" || !/^3\.[01](\.|$)/.test(openapi)) {
    throw new OpenApiFileError(
      openapi === undefined
        ? `${file} holds no OpenAPI document: it has no "openapi" at its top.`
        : `${file} is OpenAPI ${String(openapi)}; only 3.0 and 3.1 can be compared.`,
    );
  }
  for (const section of ["paths", "webhooks", "components"]) {
    if (document[section] !== undefined && document[section] !== null && !isObject(document[section])) {
      throw new OpenApiFileError(`${file} at /${section}: should be an object.`);
    }
  }
  const description = { document, isOpenApi30: openapi.startsWith("3.0"), file };
  const faults = brokenReferences(description);
  if (faults.length > 0) {
    const shown = faults.slice(0, SHOWN_FAULTS).map((fault) => `  - ${fault}`);
    const more = faults.length > SHOWN_FAULTS ? [`  and ${faults.length - SHOWN_FAULTS} more`] : [];
    throw new OpenApiFileError(
      [`${file} has references that cannot be followed:`, ...shown, ...more].join("\n"),
    );
  }
  return description;
}

const SHOWN_FAULTS = 10;

async function parsed(text: string, file: string): Promise<unknown> {
  if (/^\s*[{[]/.test(text)) {
    try {
      return JSON.parse(text);
    } catch (jsonError) {
      // A YAML flow mapping begins alike; but then it is YAML's message that counts only when that reads it.
      if (!file.match(/\.ya?ml$/)) {
        throw new OpenApiFileError(`${file} is no JSON: ${placed(text, (jsonError as Error).message)}.`, {
          cause: jsonError,
        });
      }
    }
  }
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { uniqueKeys: true, merge: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [begin] = error.linePos ?? [];
    const place = begin === undefined ? "" : `:${begin.line}:${begin.col}`;
    throw new OpenApiFileError(`${file}${place} is no YAML: ${error.message.split("\n")[0]}`, {
      cause: error,
    });
  }
  // Aliases may be nested to billions of nodes; no description of an API needs that many.
  return document.toJS({ maxAliasCount: 10_000 });
}

/** JSON.parse says a position in some cases and nothing in others. */
function placed(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position === undefined || message.includes("line ")) return message;
  const before = text.slice(0, Number(position)).split("\n");
  return `${message} (line ${before.length} column ${before.at(-1)!.length + 1})`;
}

/** Members that hold examples of values, in which `$ref` is data. */
const DATA = new Set(["example", "examples", "default", "enum", "const", "mapping"]);

/** Each reference is resolved once, so that nothing later meets a broken one. */
function brokenReferences(description: OpenApiDescription): readonly string[] {
  const faults: string[] = [];
  const sound = new Set<string>();
  const visit = (value: unknown, place: string, areNames: boolean) => {
    if (Array.isArray(value)) {
      value.forEach((each, at) => void visit(each, `${place}/${at}`, false));
      return;
    }
    if (!isObject(value)) return;
    const reference = value.$ref;
    if (!areNames && typeof reference === "string" && !sound.has(reference)) {
      const fault = faultOf(description, reference);
      if (fault === null) sound.add(reference);
      else faults.push(`at ${place || "/"}: ${fault}`);
    }
    for (const [key, member] of Object.entries(value)) {
      if (!areNames && (DATA.has(key) || key.startsWith("x-"))) continue;
      const isMap = !areNames && (key === "properties" || key === "patternProperties");
      visit(member, `${place}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, isMap);
    }
  };
  visit(description.document, "", false);
  return faults;
}

/** Follows a chain of references to its end. */
function faultOf(description: OpenApiDescription, reference: string): string | null {
  const seen = new Set<string>();
  let at = reference;
  while (true) {
    if (seen.has(at)) return `${reference} refers to itself and to nothing else`;
    seen.add(at);
    try {
      const target = resolve(description, at);
      if (!isObject(target) || typeof target.$ref !== "string" || Object.keys(target).length > 1) return null;
      at = target.$ref;
    } catch (error) {
      if (error instanceof BrokenReference) return error.message;
      throw error;
    }
  }
}
