import { createPrivateKey, type KeyObject } from 'node:crypto';
import { UserError } from '@suite/foundation';

/**
 * The private key of a GitHub App: PEM as GitHub gives it (PKCS#1) or converted (PKCS#8). What secrets do to a key is undone:
 * line ends written as `\n`, lost line ends, and base64 around the whole. Throws a UserError that names the input and shows
 * nothing of the key.
 */
export function readAppKey(text: string, input: string): KeyObject {
  const fail = (message: string, cause?: unknown): never => {
    const remedy =
      'Make a private key on the App’s settings page and store the downloaded `.pem` file as the secret, with its BEGIN and END lines.';
    throw new UserError({ message, location: { kind: 'input', name: input }, remedy }, { cause });
  };
  const pem = findPem(text) ?? findPem(Buffer.from(text, 'base64').toString('latin1'));
  if (pem === undefined) return fail('The private key of the App is no key in PEM format.');
  if (/PUBLIC|CERTIFICATE/.test(pem.label)) return fail('This is a public key; the App needs its private one.');
  if (pem.label === 'OPENSSH PRIVATE KEY') return fail('This is an SSH key; the App needs its own private key.');
  if (pem.label === 'ENCRYPTED PRIVATE KEY' || /^Proc-Type:.*ENCRYPTED/m.test(pem.body)) {
    return fail('The private key of the App is protected with a passphrase, which is not supported.');
  }
  const key = parse(pem, cause => fail('The private key of the App is damaged and cannot be read.', cause));
  if (key.asymmetricKeyType !== 'rsa') return fail('The private key of the App is no RSA key, but Apps have RSA keys.');
  return key;
}

interface Pem {
  readonly label: string;
  readonly body: string;
}

function findPem(text: string): Pem | undefined {
  const [, label, body] = /-----BEGIN ([A-Z ]+)-----(.*?)-----END \1-----/s.exec(text.replaceAll('\\n', '\n')) ?? [];
  return label === undefined || body === undefined ? undefined : { label, body };
}

function parse({ label, body }: Pem, fail: (cause: unknown) => never): KeyObject {
  const lines = body.replace(/\s+/g, '').replace(/.{1,64}/g, '$&\n');
  try {
    return createPrivateKey(`-----BEGIN ${label}-----\n${lines}-----END ${label}-----\n`);
  } catch (cause) {
    return fail(cause);
  }
}
