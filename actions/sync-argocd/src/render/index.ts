export { isApplication, isApplicationSet, readApplication } from './application.ts';
export { createKustomize, type KustomizeProgram, locateKustomize } from './kustomize.ts';
export type * from './model.ts';
export type { HelmRenderer, Kustomize } from './ports.ts';
export { createRenderer, type Renderer, type RenderRequest, type RenderTools } from './renderer.ts';
