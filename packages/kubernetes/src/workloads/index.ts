export * from './pods.ts';
export * from './workloads.ts';
