export type { AdminQuery } from "./admin-query.ts";
export { type FakeHandlers, FakeMissingError, type FakeModule, type FakeViews, fake } from "./fake.ts";
export { CALLS_VARIABLE, type TestApp, type TestAppParts, testApp } from "./test-app.ts";
export { type TestClock, testClock } from "./test-clock.ts";
export { createTestDatabase, type TestDatabase } from "./test-database.ts";
export type { EnqueuedJob, Published, TestJobs } from "./test-jobs.ts";
export { testRandomness } from "./test-randomness.ts";
export { runTests, type TestRunOptions, type TestRunResult } from "./test-run.ts";
export {
  startTestServer,
  TEST_SERVER_VARIABLE,
  type TestServer,
  type TestServerOptions,
  testServerUrl,
} from "./test-server.ts";
export { eventually, waitForLockWait } from "./waiting.ts";
