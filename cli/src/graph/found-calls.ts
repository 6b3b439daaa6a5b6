import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FoundCalls } from "@ashlar/graph";
import { parseSync } from "oxc-parser";
import type { Project } from "../project/project.ts";

/**
 * Looks for `call(contract).operation` in the sources of every module, without running them. Follows a port that is
 * given a name (`const billing = call(…)`) or taken apart in the same file; a contract or port that goes elsewhere
 * makes the calls to it inexact.
 */
export function findCalls(project: Project): FoundCalls {
  const moduleOfPackage = new Map(project.modules.map(({ name, module }) => [name, module]));
  const callers = new Map<string, Caller>();
  for (const { module, directory } of project.modules) {
    const caller: Caller = { places: new Map(), inexact: new Set() };
    callers.set(module, caller);
    for (const name of globSync("src/**/*.{ts,mts,js,mjs}", { cwd: join(project.root, directory) }).sort()) {
      const file = `${directory}/${name.replaceAll("\\", "/")}`;
      const source = readFileSync(join(project.root, file), "utf8");
      // Parsing is what costs; most files of a module call nobody.
      if (/\bcall\b/.test(source)) new SourceFile(file, source, moduleOfPackage, caller).read();
    }
  }
  return {
    of: (name, target) => {
      const caller = callers.get(name);
      return {
        places: caller?.places.get(target) ?? new Map(),
        isExact: caller !== undefined && !caller.inexact.has(target) && !caller.inexact.has(ANY),
      };
    },
  };
}

interface Caller {
  readonly places: Map<string, Map<string, string[]>>;
  readonly inexact: Set<string>;
}

/** Stands for a contract that is not known by the name it is called with. */
const ANY = "*";

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

class SourceFile {
  readonly #file: string;
  readonly #source: string;
  readonly #caller: Caller;
  readonly #program: Node;
  /** Local names of contracts. */
  readonly #contracts = new Map<string, string>();
  /** Local names of ports: what `call(…)` returned. */
  readonly #ports = new Map<string, string>();

  constructor(file: string, source: string, moduleOfPackage: ReadonlyMap<string, string>, caller: Caller) {
    this.#file = file;
    this.#source = source;
    this.#caller = caller;
    const parsed = parseSync(file, source, { preserveParens: false });
    this.#program = parsed.program as unknown as Node;
    if (parsed.errors.length > 0) caller.inexact.add(ANY);
    for (const { moduleRequest, entries } of parsed.module.staticImports) {
      const module = moduleOfPackage.get(moduleRequest.value);
      if (module === undefined) continue;
      for (const { localName } of entries) this.#contracts.set(localName.value, module);
    }
  }

  read(): void {
    walk(this.#program, (node, parent) => {
      if (isCall(node)) this.#usePort(this.#targetOf(node), node, parent);
      if (isCallUnderAnotherName(node, parent)) this.#caller.inexact.add(ANY);
    });
    if (this.#ports.size === 0) return;
    walk(this.#program, (node, parent) => {
      const target = node.type === "Identifier" ? this.#ports.get(node.name as string) : undefined;
      if (target !== undefined && isValue(node, parent)) this.#usePort(target, node, parent);
    });
  }

  #targetOf(node: Node): string {
    const [contract] = node.arguments as readonly Node[];
    const known = contract?.type === "Identifier" ? this.#contracts.get(contract.name as string) : undefined;
    return known ?? ANY;
  }

  /** `node` is a port, or its name; what is done with it tells which operations are called. */
  #usePort(target: string, node: Node, parent: Node | null): void {
    if (parent?.type === "MemberExpression" && parent.object === node) {
      const name = nameOfKey(parent.property as Node, parent.computed === true);
      if (name !== null) {
        this.#note(target, name, parent.property as Node);
        return;
      }
    }
    if (parent?.type === "VariableDeclarator" && parent.init === node) {
      const id = parent.id as Node;
      if (id.type === "Identifier") {
        this.#ports.set(id.name as string, target);
        return;
      }
      if (id.type === "ObjectPattern") {
        for (const property of id.properties as readonly Node[]) {
          const name =
            property.type === "Property" ? nameOfKey(property.key as Node, property.computed === true) : null;
          if (name === null) this.#caller.inexact.add(target);
          else this.#note(target, name, property);
        }
        return;
      }
    }
    this.#caller.inexact.add(target);
  }

  #note(target: string, operation: string, node: Node): void {
    if (target === ANY) {
      this.#caller.inexact.add(ANY);
      return;
    }
    const ofTarget = this.#caller.places.get(target) ?? new Map<string, string[]>();
    this.#caller.places.set(target, ofTarget);
    const line = this.#source.slice(0, node.start).split("\n").length;
    ofTarget.set(operation, [...(ofTarget.get(operation) ?? []), `${this.#file}:${line}`]);
  }
}

/** `call(contract)`, or `tools.call(contract)`. A call with another number of arguments is some other function. */
function isCall(node: Node): boolean {
  if (node.type !== "CallExpression" || (node.arguments as readonly Node[]).length !== 1) return false;
  const callee = node.callee as Node;
  if (callee.type === "Identifier") return callee.name === "call";
  return (
    callee.type === "MemberExpression" &&
    (callee.property as Node).name === "call" &&
    // Function.prototype.call of anything else.
    (node.arguments as readonly Node[])[0]!.type === "Identifier"
  );
}

/** `call` itself handed on, or renamed where a context is taken apart: what is called with it is not to be seen. */
function isCallUnderAnotherName(node: Node, parent: Node | null): boolean {
  if (node.type !== "Identifier" || node.name !== "call") return false;
  if (parent?.type === "CallExpression") return parent.callee !== node;
  return (
    parent?.type === "Property" &&
    parent.key === node &&
    (parent.value as Node).name !== "call" &&
    (parent.value as Node).type === "Identifier"
  );
}

/** Whether an identifier stands for the value of that name, and is not the name of a member, key or declaration. */
function isValue(node: Node, parent: Node | null): boolean {
  if (parent?.type === "MemberExpression") return parent.object === node || parent.computed === true;
  if (parent?.type === "Property") return parent.value === node;
  return !(parent?.type === "VariableDeclarator" && parent.id === node);
}

function nameOfKey(key: Node, isComputed: boolean): string | null {
  if (key.type === "Identifier" && !isComputed) return key.name as string;
  return key.type === "Literal" && typeof key.value === "string" ? key.value : null;
}

function walk(
  node: Node,
  visit: (node: Node, parent: Node | null) => void,
  parent: Node | null = null,
): void {
  visit(node, parent);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, node);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Partial<Node>).type === "string";
}
