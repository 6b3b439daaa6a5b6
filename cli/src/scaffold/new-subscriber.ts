import { posix } from "node:path";
import { UsageError } from "../exit-code.ts";
import type { Draft } from "./draft.ts";
import { exportTools } from "./edits/definition.ts";
import { addToModule } from "./edits/module-file.ts";
import { addRow } from "./edits/readme.ts";
import { layoutOf } from "./layout.ts";
import { lockPackages } from "./lockfile.ts";
import { CATCH_ALL } from "./module/package-sources.ts";
import { checkFree, type ModuleSource, moduleSource } from "./module-source.ts";
import { kebabCase, type MemberName } from "./names.ts";
import { importLines } from "./source/import-lines.ts";
import { addEntry, hasPath } from "./source/json.ts";
import { boundFunction } from "./source/lines.ts";
import { addFake, ensureScene, type TestScene } from "./test-scene.ts";

/** The module that subscribes, and what the subscriber is called there. */
export interface NewSubscriber extends MemberName {
  /** A payload that the event's schema takes; null when none is known, and then no test is written. */
  readonly sample: unknown;
}

interface Subscription extends NewSubscriber {
  readonly event: string;
}

/** A subscriber with all that belongs to it: dependency, handler, wiring, documentation, test. */
export function subscribe(draft: Draft, publisher: ModuleSource, subscription: Subscription): void {
  const { module, name, event } = subscription;
  const source = module === publisher.module.module ? publisher : moduleSource(draft, module);
  const { files, at } = source;
  const file = `${kebabCase(name)}.ts`;
  checkFree(source, draft, name, `src/${file}`);
  checkFree(source, draft, name, `test/${kebabCase(name)}.test.ts`);
  const isOwn = source === publisher;
  if (!isOwn) depend(draft, source, publisher);
  const from = isOwn ? "../contract/index.ts" : publisher.module.name;
  draft.create(at(`src/${file}`), handler(publisher.contract.constant, from, name, event));
  draft.edit(files.definition, (text, edited) => exportTools(edited, text, ["on"]));
  draft.edit(files.module, (text, edited) =>
    addToModule(edited, text, { list: "on", name, from: `./${file}` }),
  );
  const id = isOwn ? event : `${publisher.module.module}.${event}`;
  draft.edit(files.readme, (text) =>
    addRow(text, {
      key: "subscriber",
      section: "Events",
      cells: { subscriber: `\`${name}\``, to: `\`${id}\``, does: "Notes in the log that it has come." },
    }),
  );
  const scene = ensureScene(draft, source);
  if (!isOwn) {
    addFake(draft, source, scene, {
      constant: publisher.contract.constant,
      package: publisher.module.name,
    });
  }
  if (subscription.sample !== null) {
    draft.create(
      at(`test/${kebabCase(name)}.test.ts`),
      subscriberTest(publisher.module.module, module, subscription, scene),
    );
  }
}

/** To receive takes the publisher's contract: for npm and the boundary hook, and for the compiler. */
function depend(draft: Draft, { module, at }: ModuleSource, { module: publisher }: ModuleSource): void {
  const { scope } = layoutOf(draft.project);
  const { name, manifest } = publisher;
  const version = (manifest as { readonly version?: string }).version ?? "*";
  if (manifest.name === undefined) {
    throw new UsageError(`${publisher.directory}/package.json has no name, so nothing can depend on it.`);
  }
  const file = at("package.json");
  draft.edit(file, (text) => addEntry(file, text, ["dependencies"], name, JSON.stringify(version)));
  draft.edit(at("tsconfig.json"), (text, tsconfig) => {
    const link = posix.relative(module.directory, `node_modules/${name}`);
    const paths = ["compilerOptions", "paths"];
    // Paths of its own replace those that are inherited, and with them the entry that refuses all other names.
    const base = hasPath(tsconfig, text, paths)
      ? text
      : addEntry(tsconfig, text, paths, `${scope}/*`, `["../${CATCH_ALL}"]`);
    return addEntry(tsconfig, base, paths, name, `["${link}"]`);
  });
  lockPackages(draft, [{ directory: module.directory, manifest: JSON.parse(draft.find(file)!) }]);
}

function handler(publisher: string, from: string, name: string, event: string): string {
  const imports = importLines([
    { from, names: [publisher] },
    { from: "./definition.ts", names: ["on"] },
  ]);
  return `${imports}

/** It may come more than once. What is written here in the database is there once all the same. */
${boundFunction({
  head: `export const ${name} = on`,
  of: [`${publisher}.${event}`, `{ name: "${name}" }`],
  parameters: "{ id }, { log }",
  body: () => `log.info({ event: id }, "${event} has come");`,
})}`;
}

function subscriberTest(
  publisher: string,
  module: string,
  { name, event, sample }: Subscription,
  scene: TestScene,
): string {
  const imports = importLines([
    { from: "node:assert/strict", default: "assert" },
    { from: "node:test", names: ["test"] },
    { from: `./${scene.file}`, names: [scene.name] },
  ]);
  return `${imports}

const { adminQuery, jobs } = await ${scene.name}();

test("${name} receives ${publisher}.${event}", async () => {
  const payload = JSON.stringify(${JSON.stringify(sample)});
  // As ${publisher} would publish it.
  await adminQuery\`
    insert into ${publisher}._outbox (event, version, payload)
    values ('${publisher}.${event}', 1, \${payload}::jsonb)\`;
  const received = (await jobs.runDue()).filter(({ kind }) => kind === "${module}.on.${name}");
  assert.deepEqual(
    received.map(({ outcome }) => outcome),
    ["completed"],
  );
});
`;
}
