export * from './cluster.ts';
export type { Discovery, ServedKind } from './discovery.ts';
export { type FailureKind, KubernetesFailure, statusCauses } from './failure.ts';
export { type Endpoint, readEndpoint, writeEndpoint } from './kubeconfig.ts';
export * from './objects.ts';
export { selects } from './selector.ts';
export type { Connection } from './transport.ts';
