export { azurermSchema, type BlockSchema } from './azurerm/schema/schema.ts';
export { type PageContent, renderPage } from './page/page.ts';
export type { RunRecord } from './platform/run-record.ts';
export { type RunOptions, runSandbox } from './platform/run-sandbox.ts';
export { createRunnerHost, type HostOptions, suite } from './platform/runner-host.ts';
export { openSandbox, type SandboxOptions, type SandboxWorld } from './platform/sandbox-world.ts';
export { type ServedSandbox, serveSandbox } from './platform/serve-sandbox.ts';
export { type ActionStep, type RunningStep, runAction, type StepResult } from './runner/run-action.ts';
export * from './world/index.ts';
