import type { InstanceStart } from "ashlar/module";
import type { Change } from "../../api/now.ts";
import type { AppliedFile } from "./migrations.ts";
import type { OperatorAction } from "./operator-actions.ts";

/** Instances that start one after the other within this are one deploy, or one restart. */
const TOGETHER_MS = 600_000;
/** Migrations within this are of one start. */
const AT_ONCE_MS = 60_000;
const MOST_BY_NAME = 3;

const DEPLOYS = { href: "/deploys", label: "See the deploys" };

/** The latest first. */
export function latestFirst(...changes: readonly (readonly Change[])[]): Change[] {
  return changes.flat().sort((one, other) => other.at - one.at);
}

/** What instances that started tell: which release began, or that the same one was started again. */
export function changesOfStarts(starts: readonly InstanceStart[]): Change[] {
  const groups: { readonly first: InstanceStart; last: InstanceStart; count: number }[] = [];
  for (const start of starts.toSorted((one, other) => one.at - other.at)) {
    const group = groups.at(-1);
    if (group !== undefined && !start.isDeploy && start.at - group.last.at <= TOGETHER_MS) {
      group.last = start;
      group.count++;
    } else groups.push({ first: start, last: start, count: 1 });
  }
  return groups.map(({ first, count }) => ({
    kind: first.isDeploy ? "deploy" : "restart",
    at: Math.round(first.at),
    title: first.isDeploy ? deployTitle(first, count) : restartTitle(first, count),
    module: null,
    actor: null,
    place: DEPLOYS,
  }));
}

function deployTitle({ release, previousRelease }: InstanceStart, count: number): string {
  const before = previousRelease === null ? "" : ` after ${previousRelease}`;
  const instances = count === 1 ? "" : `, ${count} instances`;
  return `${release === null ? "A release without a name" : `Release ${release}`} began${before}${instances}`;
}

function restartTitle({ release, host, pid }: InstanceStart, count: number): string {
  const of = release === null ? "" : ` of release ${release}`;
  return count === 1
    ? `An instance${of} was started again (process ${pid} on ${host})`
    : `${count} instances${of} were started again`;
}

/** Those of one start together, when they are many: the first start of all would otherwise be a page of them. */
export function changesOfMigrations(files: readonly AppliedFile[]): Change[] {
  const groups: AppliedFile[][] = [];
  for (const file of files.toSorted((one, other) => one.at - other.at)) {
    const group = groups.at(-1);
    if (group !== undefined && file.at - group[0]!.at <= AT_ONCE_MS) group.push(file);
    else groups.push([file]);
  }
  return groups.flatMap((group): Change[] => {
    if (group.length <= MOST_BY_NAME) return group.map(changeOfMigration);
    const modules = new Set(group.map(({ module }) => module));
    return [
      {
        kind: "migration",
        at: group[0]!.at,
        title: `${group.length} migrations of ${modules.size === 1 ? [...modules][0] : `${modules.size} modules`}`,
        module: modules.size === 1 ? [...modules][0]! : null,
        actor: null,
        place: DEPLOYS,
      },
    ];
  });
}

function changeOfMigration({ module, source, version, name, at }: AppliedFile): Change {
  const number = String(version).padStart(4, "0");
  return {
    kind: "migration",
    at,
    title: source === "framework" ? `${module}: ${name}, of the framework` : `${module}: ${number} ${name}`,
    module,
    actor: null,
    place: { href: `/deploys?module=${encodeURIComponent(module)}`, label: "See the migrations" },
  };
}

export function changeOfAction({ id, at, actor, action, modules, summary, error }: OperatorAction): Change {
  return {
    kind: action.startsWith("logs.") ? "log-level" : "action",
    at,
    title: error === null ? (summary ?? action) : `${action} failed`,
    module: modules.length === 1 ? modules[0]! : null,
    actor,
    place: { href: `/audit?before=${BigInt(id) + 1n}`, label: "See the audit" },
  };
}
