import { UsageError } from "../exit-code.ts";
import type { Project } from "../project/project.ts";
import type { Change } from "./change.ts";
import { Draft } from "./draft.ts";
import { addMember } from "./edits/contract.ts";
import { addRow } from "./edits/readme.ts";
import { moduleSource } from "./module-source.ts";
import { capitalised, type MemberName, sentence, spaced } from "./names.ts";
import { type NewSubscriber, subscribe } from "./new-subscriber.ts";
import { addImport } from "./source/imports.ts";

export interface NewEvent extends MemberName {
  /** When it is published, in one sentence. */
  readonly when?: string;
  /** Who receives it; with one, the event may be there already. */
  readonly subscriber?: NewSubscriber;
}

/** What the payload of a new event is, in TypeBox and as a sample. */
export const NEW_PAYLOAD = { id: "some-id" };

/** An event of a contract and, if it has one, its subscriber with all that belongs to it. */
export function newEvent(project: Project, parts: NewEvent): Change[] {
  const draft = new Draft(project);
  const { module, name, when, subscriber } = parts;
  const source = moduleSource(draft, module);
  const known = source.contract.members.find((member) => member.name === name);
  if (known !== undefined && (known.kind !== "event" || subscriber === undefined)) {
    throw new UsageError(
      known.kind === "event"
        ? `The contract of ${module} has the event ${name} already. Give --subscriber to write a subscriber to it.`
        : `The contract of ${module} has ${name} already, and it is no event.`,
    );
  }
  if (known === undefined) {
    const comment = when === undefined ? "" : `/** ${sentence(when)} */\n`;
    draft.edit(source.files.contract, (text, file) => {
      const added = addMember(file, text, {
        name,
        kind: "event",
        source: `${comment}${name}: event({ version: 1, payload: closed({ id: Type.String() }) })`,
      });
      return addImport(file, added, { from: "ashlar/contract", names: ["Type"] });
    });
    draft.edit(source.files.readme, (text) =>
      addRow(text, {
        key: "event",
        section: "Events",
        cells: {
          event: `\`${name}\``,
          when: when === undefined ? `${capitalised(spaced(name))}.` : sentence(when),
        },
        also: { "published when": when === undefined ? `${capitalised(spaced(name))}.` : sentence(when) },
      }),
    );
  }
  if (subscriber !== undefined) subscribe(draft, source, { event: name, ...subscriber });
  return draft.changes();
}
