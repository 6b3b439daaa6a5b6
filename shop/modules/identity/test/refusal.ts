import assert from "node:assert/strict";

/** For assert.rejects: the declared error of that wire code, with that data. */
export function refusal(code: string, data?: unknown): (error: unknown) => true {
  return (error) => {
    const { code: found, data: foundData } = error as { code?: string; data?: unknown };
    assert.equal(found, code, String((error as Error).stack));
    if (data !== undefined) assert.deepEqual(foundData, data);
    return true;
  };
}
