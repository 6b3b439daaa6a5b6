import { type TObject, type TObjectOptions, type TProperties, type TSchema, Type } from "typebox";
import { Compile } from "typebox/compile";

/**
 * A closed object: a property that is not listed is refused. Contracts use it for every input and output, so
 * that a misspelt field is an error at the caller and not a value silently lost.
 */
export function closed<Properties extends TProperties>(
  properties: Properties,
  options: TObjectOptions = {},
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

/** What is wrong with a value, and where: `path` is a JSON pointer into it ("" is the value itself). */
export interface SchemaViolation {
  readonly path: string;
  readonly message: string;
}

export interface Validator {
  /** True when the value satisfies the schema. About 0.3 µs for an order of ten lines. */
  accepts(value: unknown): boolean;
  /** The violations, at most five. Far dearer than `accepts` (tens of microseconds): only for refused values. */
  violations(value: unknown): SchemaViolation[];
}

const MOST_VIOLATIONS = 5;
const validators = new WeakMap<TSchema, Validator>();

/** The compiled validator of a schema; compiled once per schema object, on first use. */
export function validator(schema: TSchema): Validator {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const compiled = Compile(schema);
  const made: Validator = {
    accepts: (value) => compiled.Check(value),
    violations: (value) =>
      compiled
        .Errors(value)
        // Beside each unknown property TypeBox also reports that its schema is `false`, which says the same, worse.
        .filter(({ keyword }) => keyword !== "boolean")
        .flatMap(({ instancePath, keyword, params, message }) =>
          // The one violation that does not name the offender in its path: name it, or the reader has to search.
          keyword === "additionalProperties"
            ? (params.additionalProperties as string[]).map((key) => ({
                path: `${instancePath}/${key}`,
                message: "is not a known property",
              }))
            : keyword === "required"
              ? (params.requiredProperties as string[]).map((key) => ({
                  path: `${instancePath}/${key}`,
                  message: "is required",
                }))
              : [{ path: instancePath, message }],
        )
        .slice(0, MOST_VIOLATIONS),
  };
  validators.set(schema, made);
  return made;
}
