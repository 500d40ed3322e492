import { type Bundle, bundleFromJSON, isBundleWithDsseEnvelope } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { asArray, asObject, asString, causes, errorMessage, parseJson } from '@suite/foundation';
import { readClaims, type SignerClaims } from './claims.ts';

/** What an attestation that was verified says, and who signed it. */
export interface Attestation {
  readonly claims: SignerClaims;
  /** `https://slsa.dev/provenance/v1` */
  readonly predicateType: string;
  /** SHA-256 of what it is about, in hexadecimal digits. */
  readonly subjects: readonly string[];
}

export type Verdict = { readonly attestation: Attestation } | { readonly unverified: Unverified };

/** `altered`: the signature is not one of what is signed. `untrusted`: who signed is nobody that the trusted roots know, or was not at that time. */
export interface Unverified {
  readonly reason: 'unreadable' | 'altered' | 'untrusted';
  /** In the words of whoever found it. */
  readonly detail: string;
}

const inToto = 'application/vnd.in-toto+json';

/**
 * Verifies a Sigstore bundle, as `actions/attest` leaves it, without asking anybody: certificate, time and signature, by any of the
 * trusted roots. What it says and who signed it is for the caller to judge.
 */
export function verifyAttestation(value: unknown, roots: readonly TrustedRoot[]): Verdict {
  let bundle: Bundle;
  try {
    bundle = bundleFromJSON(value);
  } catch (error) {
    return { unverified: { reason: 'unreadable', detail: errorMessage(error) } };
  }
  if (!isBundleWithDsseEnvelope(bundle) || bundle.content.dsseEnvelope.payloadType !== inToto) {
    return { unverified: { reason: 'unreadable', detail: 'It holds no statement of in-toto.' } };
  }
  let last: Unverified = { reason: 'untrusted', detail: 'There is no trusted root.' };
  for (const root of roots) {
    try {
      const { identity } = verifierOf(root).verify(toSignedEntity(bundle));
      const claims = readClaims(identity?.subjectAlternativeName, identity?.oids ?? []);
      return { attestation: { claims, ...readStatement(bundle.content.dsseEnvelope.payload) } };
    } catch (error) {
      const unverified = describe(error);
      // An authority that one root does not know may be known by another one. What is altered stays so.
      if (last.reason !== 'altered') last = unverified;
    }
  }
  return { unverified: last };
}

/** A root demands what it has: the public instance has logs, the one that GitHub runs for private repositories has none. */
function verifierOf(root: TrustedRoot): Verifier {
  return new Verifier(toTrustMaterial(root), {
    tlogThreshold: root.tlogs.length === 0 ? 0 : 1,
    ctlogThreshold: root.ctlogs.length === 0 ? 0 : 1,
    timestampThreshold: 1,
  });
}

function describe(error: unknown): Unverified {
  const code = asString(asObject(error)['code']) ?? '';
  const detail = [errorMessage(error), ...causes(error)].join(': ');
  if (code === '') return { reason: 'unreadable', detail };
  const isUntrusted = code === 'CERTIFICATE_ERROR' || code === 'TIMESTAMP_ERROR' || code === 'PUBLIC_KEY_ERROR';
  return { reason: isUntrusted ? 'untrusted' : 'altered', detail };
}

function readStatement(payload: Buffer): Omit<Attestation, 'claims'> {
  const statement = asObject(parseJson(payload.toString('utf8')));
  const subjects = asArray(statement['subject']).flatMap(
    subject => asString(asObject(asObject(subject)['digest'])['sha256']) ?? [],
  );
  return { predicateType: asString(statement['predicateType']) ?? '', subjects };
}
