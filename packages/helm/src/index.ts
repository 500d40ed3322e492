export { helmEnvironment } from './environment.ts';
export type { HelmBinary, LocateOptions } from './locate.ts';
export { locateHelm, supportedVersions } from './locate.ts';
export { pinnedRelease } from './release.ts';
export type { ToolStore } from './tool-store.ts';
