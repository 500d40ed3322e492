export * from './clock.ts';
export * from './errors.ts';
export * from './json.ts';
export * from './network.ts';
export * from './parallel.ts';
export * from './paths.ts';
export * from './retry.ts';
export * from './text.ts';
