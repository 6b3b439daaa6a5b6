export {
  Activity,
  type ActivityPeriod,
  type ActivityStep,
  type ActivitySum,
  type ActivityTotal,
  type Reads,
} from "./activity.ts";
export { ACTIVITY_KINDS, type ActivityKind } from "./activity-counter.ts";
export { type Actor, actorKey, anonymous, system } from "./actor.ts";
export {
  App,
  type AppDatabase,
  type AppParts,
  type Authenticate,
  type BootReport,
  createApp,
  type ExecuteOptions,
} from "./app.ts";
export { type AuthPolicy, anyone, judge, role, signedIn, type Verdict } from "./auth-policy.ts";
export type { WorkOptions } from "./background.ts";
export type { CallMode } from "./calls.ts";
export { type Clock, type Randomness, systemClock, systemRandomness } from "./clock.ts";
export type { Context, Fail, JobContext, RunContext, Sql } from "./context.ts";
export {
  type Definition,
  define,
  defineModule,
  type Handler,
  type Module,
  type ModuleParts,
  type PortNames,
  type PublishedEvent,
  ports,
  tables,
} from "./definition.ts";
export {
  type AppDescription,
  describeApp,
  type ErrorDescription,
  type EventDescription,
  isModule,
  type JobDescription,
  type JsonSchema,
  type ModuleDescription,
  type OperationDescription,
  type RouteDescription,
  type ScheduleDescription,
  type SubscriberDescription,
  type ViewDescription,
} from "./description.ts";
export { BootError, type Fault, RunError, SchemaError } from "./errors.ts";
export { type ModuleGraph, operationsOf, viewsOf } from "./graph.ts";
export type { Answer, IdempotencyKey } from "./idempotency.ts";
export { GONE_AFTER_MS, type Instance, type InstanceStart, Instances, type Release } from "./instances.ts";
export {
  JobEnd,
  type JobHandler,
  type JobStatus,
  type RunningJob,
  type SubscriberHandler,
  type SubscriberPolicy,
} from "./job.ts";
export { changeLogLevel } from "./log-level-table.ts";
export type {
  EdgeCount,
  EdgeKind,
  ObservedEdge,
  ObservedEdges,
  ObservedReads,
} from "./observed-edges.ts";
export type { Observer, Received } from "./observer.ts";
export type {
  AnyRoute,
  Execute,
  Method,
  Route,
  RouteParts,
  RouteRequest,
  StreamRoute,
  StreamRouteParts,
} from "./route.ts";
export { currentTraceparent } from "./run.ts";
export { errorCodeOf } from "./span-error.ts";
export { type PackedSpan, type StoredSpan, storedSpans, wireIdOf } from "./trace-row.ts";
export type { TraceOptions } from "./trace-table.ts";
