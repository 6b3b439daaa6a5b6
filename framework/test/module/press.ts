import { closed, command, contract, event, query, Type } from "../../src/contract/index.ts";
import {
  define,
  defineModule,
  type Handler,
  type JobHandler,
  type Module,
  operationsOf,
  ports,
  type SubscriberHandler,
  tables,
} from "../../src/module/index.ts";

// Two modules: press publishes, archive takes in. What their handlers do is each test's own business.

const nothing = closed({});
const titled = closed({ title: Type.String() });

export const press = contract("press", {
  write: command({ transaction: "own", input: titled, output: nothing }),
  note: command({ transaction: "own", input: titled, output: nothing }),
  look: query({ input: nothing, output: closed({ titles: Type.Array(Type.String()) }) }),
  written: event({
    version: 2,
    payload: closed({ title: Type.String(), words: Type.Integer() }),
    upcast: { 1: ({ title }: { title: string }) => ({ title, words: title.split(" ").length }) },
  }),
});

export const archive = contract("archive", { count: query({ input: nothing, output: nothing }) });

interface PressPorts {
  readonly printer: { print(title: string): Promise<void> };
}

export const inPress = define(press, {
  tables: tables<{ articles: { title: string } }>(),
  ports: ports<PressPorts>("printer"),
  queues: { slow: { concurrency: 1 } },
});
export const inArchive = define(archive, {
  tables: tables<{ copies: { event_id: number; title: string } }>(),
});

/** A job in the transaction of its attempt, and one that stands alone. */
export const print = inPress.job("print", { payload: titled, maxAttempts: 3, backoff: () => 1000 });
export const bind = inPress.job("bind", { payload: titled, transaction: "none", queue: "slow" });

const doesNothing = async () => ({});

export interface PressParts {
  readonly handlers?: readonly Handler[];
  readonly jobs?: readonly JobHandler[];
  readonly on?: readonly SubscriberHandler[];
}

/** The two modules with these handlers; what is not given does nothing. */
export function pressWith({ handlers = [], jobs = [], on = [] }: PressParts): Module[] {
  const given = (name: string) => handlers.filter(({ operation }) => operation.contract === name);
  const complete = (name: string, operations: ReturnType<typeof operationsOf>): Handler[] => [
    ...given(name),
    ...operations
      .filter((operation) => !given(name).some((handler) => handler.operation === operation))
      .map((operation) => ({ operation, run: doesNothing })),
  ];
  const modules: Module[] = [];
  for (const [definition, migrations] of [
    [inPress, "press"],
    [inArchive, "archive"],
  ] as const) {
    const name = definition.contract.contractName;
    const draft = defineModule(definition, { handlers: [] });
    modules.push(
      defineModule(definition, {
        handlers: complete(name, operationsOf(draft)),
        jobs: [
          ...jobs.filter(({ job }) => job.module === name),
          ...definition.declaredJobs
            .filter((job) => job.module === name && !jobs.some((handler) => handler.job === job))
            .map((job) => ({ job, run: async () => {} })),
        ],
        on: on.filter(({ module }) => module === name),
        migrations: new URL(`press/migrations/${migrations}/`, import.meta.url),
      }),
    );
  }
  return modules;
}
