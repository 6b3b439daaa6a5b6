import type { TObject, TSchema } from "typebox";
import { ContractError } from "./contract-error.ts";
import type { AnyEvent, Event } from "./event.ts";
import type {
  AnyCommand,
  AnyOperation,
  AnyQuery,
  Command,
  ErrorDeclarations,
  InputOf,
  Named,
  OutputOf,
  Query,
} from "./operation.ts";
import type { AnyView, View } from "./view.ts";

/** What may stand in a contract. */
export type ContractMember =
  | Command<TSchema, TSchema, ErrorDeclarations>
  | Query<TSchema, TSchema, ErrorDeclarations>
  | Event<TSchema>
  | View<string, TObject>;

type Members = Readonly<Record<string, ContractMember>>;

/**
 * The public face of a module and the only file of it that others import: its name and its operations,
 * events and views by name, each of which also stands on the contract itself (`catalog.reserveStock`).
 */
export type Contract<Name extends string, M extends Members> = ContractIdentity<Name, M> & {
  readonly [K in keyof M & string]: M[K] & Named<Name, K>;
};

interface ContractIdentity<Name extends string, M extends Members> {
  readonly contractName: Name;
  readonly members: M;
}

// biome-ignore lint/suspicious/noExplicitAny: members are matched by their own types, never read through this one
export type AnyContract = ContractIdentity<string, any>;

/** The operations of a contract by name, without its events and views. */
export type OperationsOf<C> =
  C extends ContractIdentity<infer Name, infer M>
    ? { [K in keyof M & string as M[K] extends AnyCommand | AnyQuery ? K : never]: M[K] & Named<Name, K> }
    : never;

/** A contract as its callers see it: one async function an operation. */
export type Port<C> = {
  readonly [K in keyof OperationsOf<C>]: (
    input: InputOf<OperationsOf<C>[K]>,
  ) => Promise<OutputOf<OperationsOf<C>[K]>>;
};

const CONTRACT_NAME = /^[a-z][a-z0-9_]{0,29}$/;
const MEMBER_NAME = /^[a-z][A-Za-z0-9]{0,59}$/;
const ERROR_CODE = /^[A-Z][A-Z0-9_]{0,59}$/;
const VIEW_NAME = /^[a-z][a-z0-9_]{0,62}$/;
const RESERVED = new Set(["contractName", "members", "then"]);
/** Schemas that the framework needs for itself. */
const RESERVED_NAMES = new Set(["ashlar"]);

/**
 * Declares a module's contract. The name is also the module's schema in Postgres and the prefix of its error
 * codes, so it is lower snake_case and stays for good. Throws ContractError listing all faults together.
 */
export function contract<const Name extends string, M extends Members>(
  name: Name,
  members: M,
): Contract<Name, M> {
  const faults: string[] = [];
  if (!CONTRACT_NAME.test(name)) faults.push(`the name must match ${CONTRACT_NAME}`);
  if (RESERVED_NAMES.has(name)) faults.push("the framework has a schema of that name; choose another");
  const named: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(members)) {
    if (!MEMBER_NAME.test(key) || RESERVED.has(key)) {
      faults.push(`${key}: a member's name is camelCase and none of ${[...RESERVED].join(", ")}`);
    }
    if (member.kind === "view") {
      if (!VIEW_NAME.test(member.view)) faults.push(`${key}: the view's name must match ${VIEW_NAME}`);
    } else if (member.kind === "event") {
      faults.push(...eventFaults(key, member));
    } else {
      for (const code of Object.keys(member.errors)) {
        if (!ERROR_CODE.test(code)) faults.push(`${key}: the error code ${code} must be UPPER_SNAKE_CASE`);
      }
    }
    named[key] = Object.freeze({ ...member, contract: name, name: key, id: `${name}.${key}` });
  }
  if (faults.length > 0) {
    throw new ContractError(`Contract "${name}" is not valid:\n${faults.map((f) => `  - ${f}`).join("\n")}`);
  }
  return Object.freeze({ ...named, contractName: name, members }) as Contract<Name, M>;
}

/** The members of a contract as named values, in the order of their declaration. */
export function membersOf(of: AnyContract): NamedMember[] {
  return Object.keys(of.members).map((key) => (of as unknown as Record<string, NamedMember>)[key]!);
}

/** A member as it stands in a contract. */
export type NamedMember = AnyOperation | AnyEvent | AnyView;

export function isOperation(member: NamedMember): member is AnyOperation {
  return member.kind === "command" || member.kind === "query";
}

export function isEvent(member: NamedMember): member is AnyEvent {
  return member.kind === "event";
}

function eventFaults(key: string, { version, upcast }: Event<TSchema>): string[] {
  if (!Number.isInteger(version) || version < 1 || version > 32_767) {
    return [`${key}: the version of an event is a whole number from 1, not ${version}`];
  }
  const missing = Array.from({ length: version - 1 }, (_, index) => index + 1).filter(
    (old) => !(old in upcast),
  );
  const surplus = Object.keys(upcast).filter((old) => Number(old) >= version);
  return [
    ...missing.map(
      (old) => `${key}: version ${old} is still stored somewhere; say in upcast[${old}] what becomes of it`,
    ),
    ...surplus.map((old) => `${key}: upcast[${old}] is for no version below ${version}`),
  ];
}
