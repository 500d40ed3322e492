export type { Annotation } from './annotations.ts';
export { createRunner } from './create-runner.ts';
export type { Access, PermissionName, Permissions } from './permissions.ts';
export * from './ports.ts';
export type * from './results.ts';
export type { Workflow } from './workflow/model.ts';
export { readWorkflow } from './workflow/read-workflow.ts';
export { matchesTrigger, type TriggerEvent } from './workflow/triggers.ts';
