import type { ModuleFacts, ProjectFacts } from "../project-facts.ts";
import type { Violation } from "../violation.ts";
import { declared, subscribedBy } from "./declarations.ts";

/** Each circle of calls once: they must point one way, or no module can be carved out. Events and views may point back. */
export function cycleViolations({ modules }: ProjectFacts): Violation[] {
  const done = new Set<ModuleFacts>();
  const path: ModuleFacts[] = [];
  const found: Violation[] = [];
  const visit = (module: ModuleFacts): void => {
    const start = path.indexOf(module);
    if (start !== -1) {
      found.push(cycle(path.slice(start)));
    } else if (!done.has(module)) {
      path.push(module);
      const uses = callsOf(module);
      for (const used of modules) {
        if (used === module) continue;
        if (uses.has(used.name)) visit(used);
      }
      path.pop();
      done.add(module);
    }
  };
  for (const module of modules) visit(module);
  return found;
}

/** What the definition says is called, and what is depended on for no other reason that could be seen. */
function callsOf(module: ModuleFacts): ReadonlySet<string> {
  const uses = declared(module, "uses").map((each) => each.package);
  const others = new Set([...subscribedBy(module), ...declared(module, "reads").map((each) => each.package)]);
  return new Set([
    ...uses.filter((name) => name !== null),
    ...[...module.package.dependencies].filter((name) => !others.has(name)),
  ]);
}

function cycle(circle: readonly ModuleFacts[]): Violation {
  const [first, second = first] = circle as [ModuleFacts, ...ModuleFacts[]];
  const names = [...circle, first].map(({ name }) => name);
  return {
    rule: "cycle",
    severity: "error",
    module: first.module,
    file: first.packageJson.path,
    ...first.packageJson.placeOf("dependencies", second.name),
    message: `calls go round in a circle: ${names.join(" -> ")}.`,
    remedy: "Turn one of these calls into an event: events may point back.",
  };
}
