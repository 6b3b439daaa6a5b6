import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { Draft } from "./draft.ts";
import { addQueue, exportTools } from "./edits/definition.ts";
import { addToModule } from "./edits/module-file.ts";
import { addRow } from "./edits/readme.ts";
import { checkFree, type ModuleSource, moduleSource } from "./module-source.ts";
import { capitalised, kebabCase, type MemberName, pascalCase, sentence, spaced } from "./names.ts";
import { importLines } from "./source/import-lines.ts";
import { addImport } from "./source/imports.ts";
import { namesIn, syntaxOf } from "./source/syntax.ts";
import { ensureScene, type TestScene } from "./test-scene.ts";

export interface NewJob extends MemberName {
  readonly queue?: string;
  /** Five or six fields as in crontab(5), in UTC. */
  readonly schedule?: string;
  readonly summary?: string;
}

/** A kind of job with all that belongs to it: declaration, handler, wiring, documentation, test. */
export function newJob(project: Project, parts: NewJob): Change[] {
  const draft = new Draft(project);
  const { module, name, queue, schedule } = parts;
  const source = moduleSource(draft, module);
  const { files, at } = source;
  const file = `${kebabCase(name)}.ts`;
  checkFree(source, draft, name, `src/${file}`);
  checkFree(source, draft, name, `test/${kebabCase(name)}.test.ts`);
  declare(draft, source, parts);
  draft.create(at(`src/${file}`), handler(parts));
  draft.edit(files.definition, (text, edited) => {
    const tools = ["job", "perform", ...(schedule === undefined ? [] : ["schedule"])];
    const exported = exportTools(edited, text, tools);
    return queue === undefined || queue === "default" ? exported : addQueue(edited, exported, queue);
  });
  const from = `./${file}`;
  draft.edit(files.module, (text, edited) =>
    addToModule(edited, text, { list: "jobs", name: performName(name), from }),
  );
  if (schedule !== undefined) {
    draft.edit(files.module, (text, edited) =>
      addToModule(edited, text, { list: "schedules", name: scheduleName(name), from }),
    );
  }
  draft.edit(files.readme, (text) =>
    addRow(text, {
      key: "job",
      section: "Jobs",
      cells: {
        job: `\`${name}\``,
        when: schedule === undefined ? "when it is enqueued" : `\`${schedule}\`, UTC`,
        does: summaryOf(parts),
      },
      also: {
        "what it does": summaryOf(parts),
        "enqueued by": schedule === undefined ? "nothing yet" : `schedule \`${name}\`, \`${schedule}\` UTC`,
      },
    }),
  );
  const scene = ensureScene(draft, source);
  draft.create(at(`test/${kebabCase(name)}.test.ts`), jobTest(parts, scene));
  return draft.changes();
}

function declare(draft: Draft, { files }: ModuleSource, parts: NewJob): void {
  const { name, queue } = parts;
  const policy = queue === undefined ? "" : `, queue: "${queue}"`;
  const declaration = `/** ${summaryOf(parts)} */
export const ${name} = job("${name}", { payload: closed({})${policy} });
`;
  const imports = [
    { from: "ashlar/contract", names: ["closed"] },
    { from: "./definition.ts", names: ["job"] },
  ];
  const text = draft.find(files.jobs);
  if (text === null) {
    draft.create(files.jobs, `${importLines(imports)}\n\n${declaration}`);
    return;
  }
  if (namesIn(syntaxOf(files.jobs, text)).has(name))
    throw new UsageError(`${files.jobs} has ${name} already.`);
  draft.edit(files.jobs, (before, file) =>
    imports.reduce((edited, each) => addImport(file, edited, each), `${before.trimEnd()}\n\n${declaration}`),
  );
}

function handler({ name, schedule }: NewJob): string {
  const imports = importLines([
    { from: "./definition.ts", names: ["perform", ...(schedule === undefined ? [] : ["schedule"])] },
    { from: "./jobs.ts", names: [name] },
  ]);
  const scheduled =
    schedule === undefined
      ? ""
      : `
export const ${scheduleName(name)} = schedule("${name}", {
  cron: "${schedule}",
  job: ${name},
  payload: {},
});
`;
  return `${imports}

/** It may run twice, and again after it has failed half-way: what it does must bear that. */
export const ${performName(name)} = perform(${name}, async (_payload, { log, job }) => {
  log.info({ attempt: job.attempt }, "${spaced(name)}");
});
${scheduled}`;
}

function jobTest({ name, schedule }: NewJob, scene: TestScene): string {
  const imports = importLines([
    { from: "node:assert/strict", default: "assert" },
    { from: "node:test", names: ["test"] },
    { from: "../src/jobs.ts", names: [name] },
    { from: `./${scene.file}`, names: [scene.name] },
  ]);
  const scheduled =
    schedule === undefined
      ? ""
      : `
test("${name} is enqueued by its schedule", async () => {
  // All times of the year have come by then; those that were missed are made up for by one job.
  clock.advance(366 * 24 * 3_600_000);
  const done = (await jobs.runDue()).filter(({ kind }) => kind === ${name}.id);
  assert.deepEqual(
    done.map(({ outcome }) => outcome),
    ["completed"],
  );
});
`;
  return `${imports}

const { app, jobs${schedule === undefined ? "" : ", clock"} } = await ${scene.name}();

test("${name} does its work", async () => {
  const { id } = await app.enqueue(${name}, {});
  const done = (await jobs.runDue()).find((job) => job.id === id);
  assert.equal(done?.outcome, "completed");
});
${scheduled}`;
}

const performName = (name: string) => `perform${pascalCase(name)}`;
const scheduleName = (name: string) => `${name}OnSchedule`;
const summaryOf = ({ name, summary }: NewJob) =>
  summary === undefined ? `${capitalised(spaced(name))}.` : sentence(summary);
