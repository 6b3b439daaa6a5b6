import type { Metric } from "./metric.ts";

/**
 * Every metric of the framework. docs/reference/metrics.md lists the same ones; a test compares the two.
 *
 * Rates come from the `_count` of the durations: a request is counted once, when it has ended.
 */
export const CATALOGUE = {
  requestDuration: {
    name: "ashlar_request_duration_seconds",
    type: "histogram",
    help: "Time from the head of a request to its answer, by route.",
    labels: ["module", "route"],
  },
  requestErrors: {
    name: "ashlar_request_errors_total",
    type: "counter",
    help: "Requests that ended with an error code. outcome is failed for what went wrong, refused for an answer that says no.",
    labels: ["module", "route", "code", "outcome"],
    mostSeries: 1000,
  },
  operationDuration: {
    name: "ashlar_operation_duration_seconds",
    type: "histogram",
    help: "Time that an operation of a contract took, whoever called it.",
    labels: ["module", "operation"],
  },
  operationErrors: {
    name: "ashlar_operation_errors_total",
    type: "counter",
    help: "Operations that ended with an error code.",
    labels: ["module", "operation", "code", "outcome"],
    mostSeries: 1000,
  },
  jobDuration: {
    name: "ashlar_job_duration_seconds",
    type: "histogram",
    help: "Time that an attempt of a job took.",
    labels: ["module", "job"],
  },
  jobErrors: {
    name: "ashlar_job_errors_total",
    type: "counter",
    help: "Attempts of jobs that ended with an error code.",
    labels: ["module", "job", "code", "outcome"],
    mostSeries: 1000,
  },
  deliveryDuration: {
    name: "ashlar_delivery_duration_seconds",
    type: "histogram",
    help: "Time that a subscriber took for one event.",
    labels: ["module", "subscriber"],
  },
  deliveryErrors: {
    name: "ashlar_delivery_errors_total",
    type: "counter",
    help: "Deliveries that ended with an error code.",
    labels: ["module", "subscriber", "code", "outcome"],
    mostSeries: 1000,
  },
  statementDuration: {
    name: "ashlar_statement_duration_seconds",
    type: "histogram",
    help: "Time that a statement of a module took, the wait for a connection included.",
    labels: ["module"],
  },
  statementErrors: {
    name: "ashlar_statement_errors_total",
    type: "counter",
    help: "Statements that ended with an error code.",
    labels: ["module", "code", "outcome"],
  },
  moduleDuration: {
    name: "ashlar_module_work_duration_seconds",
    type: "histogram",
    help: "Time of each operation, job and delivery of a module.",
    labels: ["module"],
  },
  moduleErrors: {
    name: "ashlar_module_work_errors_total",
    type: "counter",
    help: "Operations, jobs and deliveries of a module that ended with an error code.",
    labels: ["module", "code", "outcome"],
  },
  poolConnections: {
    name: "ashlar_pool_connections",
    type: "gauge",
    help: "Database connections of this process, by pool and state: in_use or idle.",
    labels: ["pool", "state"],
  },
  poolMaximum: {
    name: "ashlar_pool_connections_max",
    type: "gauge",
    help: "Most connections that a pool may open.",
    labels: ["pool"],
  },
  poolWaiting: {
    name: "ashlar_pool_waiting",
    type: "gauge",
    help: "Callers that wait for a connection.",
    labels: ["pool"],
  },
  poolWait: {
    name: "ashlar_pool_wait_duration_seconds",
    type: "histogram",
    help: "How long callers waited that found no idle connection, those that got none included.",
    labels: ["pool"],
  },
  queueReady: {
    name: "ashlar_queue_ready",
    type: "gauge",
    help: "Jobs that could run now and do not; 10000 stands for that many or more.",
    labels: ["module", "queue"],
  },
  queueReadyAge: {
    name: "ashlar_queue_ready_age_seconds",
    type: "gauge",
    help: "Age of the next ready job, the oldest over all priorities, since it was enqueued; 0 when there is none.",
    labels: ["module", "queue"],
  },
  queueDead: {
    name: "ashlar_queue_dead",
    type: "gauge",
    help: "Dead letters; 10000 in a module stands for that many or more.",
    labels: ["module", "queue"],
  },
  outboxDepth: {
    name: "ashlar_outbox_events",
    type: "gauge",
    help: "Events that no relay has handed over yet; 10000 stands for that many or more.",
    labels: ["module"],
  },
  relayLag: {
    name: "ashlar_relay_lag_seconds",
    type: "gauge",
    help: "Age of the oldest event that no relay has handed over yet; 0 when there is none.",
    labels: ["module"],
  },
  subscriberLag: {
    name: "ashlar_subscriber_lag_seconds",
    type: "gauge",
    help: "Age of the oldest event that a subscriber has not taken in; 0 when there is none.",
    labels: ["module", "subscriber"],
  },
  eventLoopDelay: {
    name: "ashlar_event_loop_delay_seconds",
    type: "gauge",
    help: "How late the event loop was in the last 30 to 60 seconds, by quantile; 1 is the maximum.",
    labels: ["quantile"],
  },
  gcPause: {
    name: "ashlar_gc_duration_seconds",
    type: "histogram",
    help: "Time of each garbage collection, by kind.",
    labels: ["kind"],
  },
  cpu: {
    name: "ashlar_process_cpu_seconds_total",
    type: "counter",
    help: "CPU time of this process, by mode: user or system.",
    labels: ["mode"],
  },
  memory: {
    name: "ashlar_process_memory_bytes",
    type: "gauge",
    help: "Memory of this process, by kind: resident, heap_used, heap_total or external.",
    labels: ["kind"],
  },
  startTime: {
    name: "ashlar_process_start_time_seconds",
    type: "gauge",
    help: "When this process started, in seconds of the epoch.",
    labels: [],
  },
  buildInfo: {
    name: "ashlar_build_info",
    type: "gauge",
    help: "Always 1. The labels say what this process runs, and on what.",
    labels: ["node_version", "release"],
  },
  exportedSpans: {
    name: "ashlar_trace_export_spans_total",
    type: "counter",
    help: "Spans of kept traces on their way to the collector, by outcome: exported, rejected by the collector, or dropped on this side.",
    labels: ["outcome"],
  },
  limitedSeries: {
    name: "ashlar_metric_series_limited",
    type: "gauge",
    help: "1 for a metric that has as many series as it may: what came later is counted under other, or left out of what the database tells.",
    labels: ["metric"],
  },
  scrapeErrors: {
    name: "ashlar_scrape_errors_total",
    type: "counter",
    help: "Scrapes that went without what this source should have given.",
    labels: ["source"],
  },
} as const satisfies Record<string, Metric>;
