export type { TrustedRoot } from '@sigstore/protobuf-specs';
export type { SignerClaims } from './claims.ts';
export { fetchTrustedRoot } from './fetch-roots.ts';
export { parseTrustedRoots } from './trusted-root.ts';
export type { Attestation, Verdict } from './verify.ts';
export { verifyAttestation } from './verify.ts';
