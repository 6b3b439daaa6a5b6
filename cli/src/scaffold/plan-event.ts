import { loadModel } from "../model/model.ts";
import type { Project } from "../project/project.ts";
import { Draft } from "./draft.ts";
import { moduleNamed } from "./layout.ts";
import { moduleSource } from "./module-source.ts";
import { kebabCase, type MemberName, readMember } from "./names.ts";
import { NEW_PAYLOAD, newEvent } from "./new-event.ts";
import type { NewSubscriber } from "./new-subscriber.ts";
import type { Questions } from "./questions.ts";
import { sampleOf } from "./sample.ts";
import type { Plan } from "./scaffold-command.ts";

interface Given {
  readonly name: string | undefined;
  readonly when?: string;
  readonly subscriber?: string;
}

const EXAMPLE = "ordering.orderShipped";

/** Asks for what is needed to make an event, and drafts it with its subscriber. */
export async function planEvent(project: Project, ask: Questions, given: Given): Promise<Plan> {
  const typed = await ask.text(given.name, {
    flag: `a name, such as ${EXAMPLE}`,
    message: "Which event of which module?",
    check: (answer) => readMember(answer, "event", EXAMPLE),
  });
  const event = readMember(typed, "event", EXAMPLE);
  const { directory } = moduleNamed(project, event.module);
  const subscriber =
    given.subscriber === undefined
      ? null
      : readMember(given.subscriber, "subscriber", "billing.onOrderShipped");
  const receiver = subscriber === null ? null : moduleNamed(project, subscriber.module).directory;
  const sample = subscriber === null ? null : await samplePayload(project, event);
  const changes = newEvent(project, {
    ...event,
    ...(given.when === undefined ? {} : { when: given.when }),
    ...(subscriber === null ? {} : { subscriber: { ...subscriber, sample } satisfies NewSubscriber }),
  });
  const { constant, members } = moduleSource(new Draft(project), event.module).contract;
  const isNew = !members.some(({ name }) => name === event.name);
  return {
    changes,
    next: [
      ...(isNew
        ? [
            `Say in ${directory}/contract/index.ts what it tells; publish it: await publish(${constant}.${event.name}, {…}, { key });`,
          ]
        : []),
      ...(receiver === null
        ? []
        : [`Write in ${receiver}/src/${kebabCase(subscriber!.name)}.ts what comes of it.`]),
      ...(receiver !== null && sample === null
        ? [`Write a test of it in ${receiver}/test: no payload could be made up that the contract takes.`]
        : []),
      `npm run check && npm test -- ${receiver ?? directory}`,
    ],
  };
}

/** What a test can deliver: of a new event what it is made with, else what the contract takes. */
async function samplePayload(project: Project, { module, name }: MemberName): Promise<unknown> {
  const { members } = moduleSource(new Draft(project), module).contract;
  if (!members.some((member) => member.name === name)) return NEW_PAYLOAD;
  const { app } = await loadModel(project);
  const described = app.modules.find((each) => each.name === module);
  const event = described?.events.find((each) => each.name === name);
  return event === undefined ? null : (sampleOf(event.payload) ?? null);
}
