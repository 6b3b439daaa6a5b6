/**
 * Is given every copy that crosses a wall on its way to who receives it, and hands on an equal one. `consumer` is the
 * id of the operation, job or subscriber that receives it, `member` that of the operation or event it comes from.
 */
export type Received = (value: unknown, consumer: string, member: string) => unknown;

/** Watches an app from inside its process, for the test kit. With one, nothing is noted in the database. */
export interface Observer {
  readonly received: Received;
}
