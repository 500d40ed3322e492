import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { readAppKey } from './key.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

test.each([
  ['as GitHub gives it', pkcs1],
  ['converted', pkcs8],
  ['with Windows line ends and space around', `\n  ${pkcs1.replaceAll('\n', '\r\n')}  \n`],
  ['with written line ends', pkcs1.replaceAll('\n', '\\n')],
  ['on one line', pkcs1.replaceAll('\n', ' ')],
  ['in base64', Buffer.from(pkcs8).toString('base64')],
])('a key %s', (_, text) => {
  expect(readAppKey(text, 'gitops-app-key').equals(privateKey)).toBe(true);
});

describe('what is none is refused, and not shown', () => {
  const secret = 'MIIsecret';
  test.each([
    ['nothing', '', 'is no key in PEM format'],
    ['a password', 'hunter2', 'is no key in PEM format'],
    ['half of one', pkcs1.slice(0, 400), 'is no key in PEM format'],
    [
      'a damaged one',
      `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
      'is damaged and cannot be read',
    ],
    ['the public one', publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'This is a public key'],
    [
      'an SSH key',
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----`,
      'This is an SSH key',
    ],
    [
      'one with a passphrase',
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
      'is protected with a passphrase',
    ],
    [
      'an old one with a passphrase',
      privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'p' }).toString(),
      'is protected with a passphrase',
    ],
    ['one of another kind', elliptic.export({ type: 'pkcs8', format: 'pem' }).toString(), 'is no RSA key'],
  ])('%s', (_, text, message) => {
    let error: unknown;
    try {
      readAppKey(text, 'gitops-app-key');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('input gitops-app-key: ');
    expect(String(error)).not.toContain(secret);
  });
});
