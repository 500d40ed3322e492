export { loadPlatform, loadPlatformWithLock } from './files.ts';
export { platformSchema } from './json-schema.ts';
export { parsePlatform } from './load.ts';
export type { Lock } from './lock.ts';
export { parseLock } from './lock.ts';
export type { Platform, ScopeName } from './platform.ts';
export { listScopes, locateSetting } from './platform.ts';
export { resolveAll, resolveScope } from './resolve.ts';
export * from './resolved.ts';
