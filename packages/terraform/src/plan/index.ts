export { type ConfiguredProvider, configuredProviders } from './configured-providers.ts';
export type { PlanDigest } from './digest-plan.ts';
export { digestPlan } from './digest-plan.ts';
export type { PlanContent, PlannedCreation, PlannedImport } from './read-plan.ts';
export { readPlan } from './read-plan.ts';
