import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { decodeJwt } from 'jose';

/** The instance of Sigstore that GitHub keeps for private repositories: an authority for certificates and one for time, and no log. */
export interface Sigstore {
  /** One line of what `gh attestation trusted-root` prints. */
  readonly trustedRoot: string;
  /** Signs a statement of in-toto as the job whose token it is; gives the Sigstore bundle. */
  attest(statement: object, token: string): Promise<object>;
}

const inToto = 'application/vnd.in-toto+json';
const server = 'https://github.com';
const sha256 = '2.16.840.1.101.3.4.2.1';
const policy = '1.3.6.1.4.1.57264.2';

/** Made when it is first asked for: most worlds never sign anything. */
export async function createSigstore(): Promise<Sigstore> {
  // Not by its index, which catches every request of this process.
  const [{ initializeCA }, { initializeTSA }] = await Promise.all([
    import('@sigstore/mock/dist/fulcio/ca.js'),
    import('@sigstore/mock/dist/timestamp/tsa.js'),
  ]);
  // Whole seconds, as GitHub's clock tells them: a fraction that ends with a zero is one that verifiers do not read.
  const time = new Date();
  const [authority, clock] = await Promise.all([
    initializeCA(newKeys(), undefined, time),
    initializeTSA(newKeys(), time),
  ]);
  const since = { start: new Date(Date.now() - 86_400_000).toISOString() };
  const chainOf = (...certificates: readonly ArrayBufferView[]) => ({
    certificates: certificates.map(certificate => ({ rawBytes: base64(certificate) })),
  });
  const trustedRoot = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [],
    certificateAuthorities: [
      {
        subject: { organization: 'GitHub, Inc.', commonName: 'Internal Services Root' },
        uri: 'fulcio.githubapp.com',
        certChain: chainOf(authority.rootCertificate),
        validFor: since,
      },
    ],
    ctlogs: [],
    timestampAuthorities: [
      {
        subject: { organization: 'GitHub, Inc.', commonName: 'Internal Services Root' },
        uri: 'timestamp.githubapp.com',
        certChain: chainOf(clock.intCertificate, clock.rootCertificate),
        validFor: since,
      },
    ],
  };
  return {
    trustedRoot: JSON.stringify(trustedRoot),
    attest: async (statement, token) => {
      time.setTime(Math.floor(Date.now() / 1000) * 1000);
      const { publicKey, privateKey } = newKeys();
      const claims = decodeJwt<Claims>(token);
      const certificate = await authority.issueCertificate({
        publicKey: publicKey.export({ format: 'der', type: 'spki' }) as Buffer<ArrayBuffer>,
        subjectAltName: `${server}/${claims.job_workflow_ref}`,
        extensions: extensionsOf(claims),
      });
      const payload = Buffer.from(JSON.stringify(statement));
      const signature = sign('sha256', preAuthentication(payload), privateKey);
      const artifactHash = createHash('sha256').update(signature).digest();
      const request = { artifactHash, hashAlgorithmOID: sha256, nonce: 1, policyOID: policy };
      return {
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        verificationMaterial: {
          certificate: { rawBytes: base64(certificate) },
          timestampVerificationData: {
            rfc3161Timestamps: [{ signedTimestamp: base64(await clock.timestamp(request)) }],
          },
        },
        dsseEnvelope: {
          payload: payload.toString('base64'),
          payloadType: inToto,
          signatures: [{ sig: signature.toString('base64') }],
        },
      };
    },
  };
}

type Claims = Readonly<
  Record<
    | 'iss'
    | 'sha'
    | 'ref'
    | 'repository'
    | 'repository_id'
    | 'repository_owner'
    | 'repository_owner_id'
    | 'repository_visibility'
    | 'event_name'
    | 'runner_environment'
    | 'job_workflow_ref'
    | 'job_workflow_sha'
    | 'workflow_ref'
    | 'workflow_sha'
    | 'run_id'
    | 'run_attempt',
    string
  >
>;

/** What Fulcio writes into the certificate of a job: `fulcio/docs/oid-info.md`. */
function extensionsOf(claims: Claims): { oid: string; value: string }[] {
  const values: Readonly<Record<number, string>> = {
    8: claims.iss,
    9: `${server}/${claims.job_workflow_ref}`,
    10: claims.job_workflow_sha,
    11: claims.runner_environment,
    12: `${server}/${claims.repository}`,
    13: claims.sha,
    14: claims.ref,
    15: claims.repository_id,
    16: `${server}/${claims.repository_owner}`,
    17: claims.repository_owner_id,
    18: `${server}/${claims.workflow_ref}`,
    19: claims.workflow_sha,
    20: claims.event_name,
    21: `${server}/${claims.repository}/actions/runs/${claims.run_id}/attempts/${claims.run_attempt}`,
    22: claims.repository_visibility,
  };
  return Object.entries(values).map(([number, value]) => ({ oid: `1.3.6.1.4.1.57264.1.${number}`, value }));
}

/** What DSSE signs of a payload. */
function preAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${inToto.length} ${inToto} ${payload.length} `), payload]);
}

function newKeys(): KeyPairKeyObjectResult {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function base64({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
