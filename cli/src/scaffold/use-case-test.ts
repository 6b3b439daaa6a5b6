import { isId } from "./id-parameter.ts";
import { kebabCase } from "./names.ts";
import type { NewUseCase } from "./new-use-case.ts";
import { importLines } from "./source/import-lines.ts";
import type { TestScene } from "./test-scene.ts";

/** The test of a new operation: what it answers, and that its contract is held against what it is given. */
export function useCaseTest(contract: string, parts: NewUseCase, scene: TestScene, hasId: boolean): string {
  const { name, route } = parts;
  const isRandom = hasId && (route?.params ?? []).some(isId);
  const given = (route?.params ?? []).map((each) =>
    hasId && isId(each) ? `${each}: randomUUID()` : `${each}: "some-${kebabCase(each)}"`,
  );
  const object = (entries: readonly string[]) => (entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`);
  const imports = importLines([
    { from: "node:assert/strict", default: "assert" },
    ...(isRandom ? [{ from: "node:crypto", names: ["randomUUID"] }] : []),
    { from: "node:test", names: ["test"] },
    { from: "../contract/index.ts", names: [contract] },
    { from: `./${scene.file}`, names: [scene.name] },
  ]);
  return `${imports}

const { app } = await ${scene.name}();

test("${name} answers as its contract says", async () => {
  assert.deepEqual(await app.execute(${contract}.${name}, ${object(given)}), {});
});

test("${name} refuses what its contract does not know", async () => {
  const input = ${object([...given, "surprise: true"])};
  await assert.rejects(app.execute(${contract}.${name}, input), { code: "ASHLAR_INPUT_INVALID" });
});
`;
}
