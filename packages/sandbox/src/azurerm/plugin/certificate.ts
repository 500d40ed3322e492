import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

export interface ServerCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** The certificate as go-plugin wants it in the handshake line. */
  readonly der: Buffer;
}

const oid = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
};

/**
 * A self-signed certificate for `localhost` that lasts one day. Written as DER here because the certificate library of
 * this package takes longer to load than the provider may take to start.
 */
export function createServerCertificate(now: number): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(objectId(oid.ecdsaWithSha256));
  const name = sequence(set(sequence(objectId(oid.commonName), tlv(0x0c, Buffer.from('localhost')))));
  const extensions = sequence(
    sequence(
      objectId(oid.basicConstraints),
      tlv(0x01, Buffer.from([0xff])),
      octets(sequence(tlv(0x01, Buffer.from([0xff])))),
    ),
    sequence(objectId(oid.subjectAltName), octets(sequence(tlv(0x82, Buffer.from('localhost'))))),
  );
  const serial = randomBytes(8);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    algorithm,
    name,
    sequence(time(now - 60_000), time(now + 86_400_000)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensions),
  );
  const signature = createSign('sha256').update(toBeSigned).sign(privateKey);
  const der = sequence(toBeSigned, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n');
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    der,
  };
}

function tlv(tag: number, content: Uint8Array): Buffer {
  const length = content.length;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

function sequence(...items: readonly Uint8Array[]): Buffer {
  return tlv(0x30, Buffer.concat(items));
}

function set(item: Uint8Array): Buffer {
  return tlv(0x31, item);
}

function octets(content: Uint8Array): Buffer {
  return tlv(0x04, content);
}

function objectId(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** UTCTime reads years 50 to 99 as the last century, which no certificate of ours lives to see. */
function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replace(/\D/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
