export type { Action, ApplicationPlan, ApplicationsPlan, PlanInput, ReviewedApplication } from './model.ts';
export { type Live, nothingLive, type ObserveInput, observeApplications } from './observe.ts';
export { allowKeyOf, planApplications } from './plan.ts';
export { type MadeResource, resourcesOf } from './resources.ts';
export { defaultTracking, type Tracking } from './tracking.ts';
