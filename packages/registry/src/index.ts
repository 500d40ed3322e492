export type { Artifact, NewArtifact, NewBlob } from './artifact.ts';
export type { BlobDescriptor, Descriptor } from './descriptor.ts';
export type { FailureKind, Identity } from './failure.ts';
export { RegistryFailure } from './failure.ts';
export type { Referrer } from './referrers.ts';
export type { Registry, RegistryOptions } from './registry.ts';
export { createRegistry } from './registry.ts';
