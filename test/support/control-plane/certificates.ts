import { webcrypto } from 'node:crypto';
import '../../../packages/sandbox/src/network/reflect-metadata.ts';

/** A certificate and its private key, both PEM. */
export interface Credential {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateRequest {
  /** The common name: for a client, the user. */
  readonly name: string;
  /** For a client, the groups. */
  readonly organizations?: readonly string[];
  readonly use: 'server' | 'client';
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
}

/** A certificate authority that lives as long as the test. */
export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly certificate: string;
  readonly key: string;
  issue(request: CertificateRequest): Promise<Credential>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

export async function createAuthority(name: string): Promise<Authority> {
  const x509 = await import('@peculiar/x509');
  const keys = await generateKeys();
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: [{ CN: [name] }],
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.digitalSignature, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: `${root.toString('pem')}\n`,
    key: await exportPrivateKey(keys),
    issue: async request => {
      const own = await generateKeys();
      const names = [
        ...(request.dns ?? []).map(value => ({ type: 'dns' as const, value })),
        ...(request.ips ?? []).map(value => ({ type: 'ip' as const, value })),
      ];
      const use = request.use === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
      const leaf = await x509.X509CertificateGenerator.create({
        subject: [...(request.organizations ?? []).map(one => ({ O: [one] })), { CN: [request.name] }],
        issuer: root.subject,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...validity,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([use]),
          ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
          await x509.AuthorityKeyIdentifierExtension.create(root, false),
        ],
      });
      return { certificate: `${leaf.toString('pem')}\n`, key: await exportPrivateKey(own) };
    },
  };
}

/** A key pair that signs tokens of service accounts: PEM, PKCS 8 and SPKI. */
export async function createSigningKey(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const keys = await generateKeys();
  return {
    privateKey: await exportPrivateKey(keys),
    publicKey: pem('PUBLIC KEY', await webcrypto.subtle.exportKey('spki', keys.publicKey)),
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function exportPrivateKey({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  return pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', privateKey));
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
