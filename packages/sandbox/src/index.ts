export { azurermSchema, type BlockSchema } from './azurerm/schema/schema.ts';
export { createUpstream, type KubernetesUser, type Upstream, type UpstreamOptions } from './kubernetes/upstream.ts';
export { type PageContent, renderPage } from './page/page.ts';
export type { RunRecord } from './platform/run-record.ts';
export { dispatchRequest, pullRequestRun, pushRequest, scheduleRequest } from './platform/run-requests.ts';
export { type RunOptions, runSandbox, tellIn } from './platform/run-sandbox.ts';
export { createRunnerHost, type HostOptions, suite } from './platform/runner-host.ts';
export { type Changes, openSandbox, type SandboxOptions, type SandboxWorld } from './platform/sandbox-world.ts';
export { gitopsAccess } from './platform/seed.ts';
export { type ServedSandbox, serveSandbox } from './platform/serve-sandbox.ts';
export { rememberResources, storedResources } from './platform/stored-resources.ts';
export { chapters, type Told } from './platform/story/tell-story.ts';
export { shopCluster } from './platform/variants/adopted.ts';
export {
  type ReleaseRecord,
  readRelease,
  recordedScopes,
  recordedViews,
  recordFile,
} from './platform/variants/last-release.ts';
export { withoutStaging } from './platform/variants/smaller.ts';
export { upgradeReport } from './platform/variants/upgraded.ts';
export type { Variant } from './platform/variants/variant.ts';
export { findVariant, variants } from './platform/variants/variants.ts';
export {
  type ImagePlace,
  type ImageSeed,
  inRegistry,
  type MadeImage,
  makeImage,
} from './registry/sample-image.ts';
export { createRunner, readWorkflow } from './runner/index.ts';
export type { EnvironmentJob, Runner, RunnerHost, RunningWorkflow, RunRequest } from './runner/ports.ts';
export type { JobResult, RunResult } from './runner/results.ts';
export { type ActionStep, type RunningStep, runAction, type StepResult } from './runner/run-action.ts';
export * from './world/index.ts';
