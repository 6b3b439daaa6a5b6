/**
 * Statement texts differ between modules only in the schema's name. Each is put together once per schema, because
 * the pool knows a prepared statement by its text.
 */
export function perSchema(write: (schema: string) => string): (schema: string) => string {
  const texts = new Map<string, string>();
  return (schema) => {
    let text = texts.get(schema);
    if (text === undefined) {
      text = write(schema);
      texts.set(schema, text);
    }
    return text;
  };
}
