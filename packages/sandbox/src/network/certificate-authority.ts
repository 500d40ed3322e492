import { webcrypto } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import './reflect-metadata.ts';

/** A certificate authority that lives as long as the run. Its key never leaves the process. */
export interface CertificateAuthority {
  /** PEM of the authority's own certificate: what clients are told to trust. */
  readonly certificate: string;
  /** What a TLS server needs to speak for `host`. Made once per host. */
  contextFor(host: string): Promise<SecureContext>;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 86_400_000;

export async function createCertificateAuthority(): Promise<CertificateAuthority> {
  // A static import may be evaluated before the one above it, when the importer is a module and this is none.
  const x509 = await import('@peculiar/x509');
  const [authorityKeys, serverKeys] = await Promise.all([generateKeys(), generateKeys()]);
  // A day back, because a container's clock may run behind ours.
  const validity = { notBefore: new Date(Date.now() - day), notAfter: new Date(Date.now() + 30 * day) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Sandbox certificate authority',
    keys: authorityKeys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const serverKey = await exportKey(serverKeys.privateKey);

  const issue = async (host: string): Promise<SecureContext> => {
    const leaf = await x509.X509CertificateGenerator.create({
      subject: [{ CN: [host.slice(0, 64)] }],
      issuer: root.subject,
      publicKey: serverKeys.publicKey,
      signingKey: authorityKeys.privateKey,
      signingAlgorithm: algorithm,
      ...validity,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
        await x509.AuthorityKeyIdentifierExtension.create(root, false),
      ],
    });
    return createSecureContext({ key: serverKey, cert: leaf.toString('pem'), minVersion: 'TLSv1.2' });
  };

  const contexts = new Map<string, Promise<SecureContext>>();
  return {
    certificate: `${root.toString('pem')}\n`,
    contextFor: host => {
      const known = contexts.get(host) ?? issue(host);
      contexts.set(host, known);
      return known;
    },
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
