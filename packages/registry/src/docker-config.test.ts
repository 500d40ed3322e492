import { expect, test } from '@jest/globals';
import { readDockerCredential } from './docker-config.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const config = (fields: object) => JSON.stringify(fields);
const password = (user: string, word: string) => ({ kind: 'password', user, password: word });

test.each<readonly [string, string, object, unknown]>([
  ['nothing', 'ghcr.io', {}, undefined],
  ['another host', 'ghcr.io', { auths: { 'quay.io': { auth: base64('a:b') } } }, undefined],
  [
    'user and password in one',
    'ghcr.io',
    { auths: { 'ghcr.io': { auth: base64('mona:se:cret') } } },
    password('mona', 'se:cret'),
  ],
  ['an address as key', 'ghcr.io', { auths: { 'https://ghcr.io/v2/': { auth: base64('a:b') } } }, password('a', 'b')],
  [
    'user and password apart',
    'ghcr.io',
    { auths: { 'ghcr.io': { username: 'a', password: 'b' } } },
    password('a', 'b'),
  ],
  [
    'an identity token',
    'ghcr.io',
    { auths: { 'ghcr.io': { auth: base64('a:'), identitytoken: 't' } } },
    { kind: 'token', token: 't' },
  ],
  [
    'Docker’s old name',
    'registry-1.docker.io',
    { auths: { 'https://index.docker.io/v1/': { auth: base64('a:b') } } },
    password('a', 'b'),
  ],
  [
    'a store that holds others',
    'ghcr.io',
    { credsStore: 'desktop', auths: { 'ghcr.io': { auth: base64('a:b') } } },
    password('a', 'b'),
  ],
  ['a helper of another host', 'ghcr.io', { credHelpers: { 'gcr.io': 'gcloud' } }, undefined],
])('%s', (_, host, fields, expected) => {
  expect(readDockerCredential(config(fields), host)).toEqual(expected);
});

test.each<readonly [string, string, string]>([
  ['a helper', config({ credHelpers: { 'ghcr.io': 'ecr-login' } }), 'docker-credential-ecr-login'],
  ['a store', config({ credsStore: 'desktop', auths: { 'ghcr.io': {} } }), 'docker-credential-desktop'],
  ['no user', config({ auths: { 'ghcr.io': { auth: base64('secret') } } }), 'holds no user and password for ghcr.io'],
  ['no file of Docker', '[]', 'no JSON object'],
])('%s is refused by name, and nothing secret is said', (_, text, message) => {
  expect(() => readDockerCredential(text, 'ghcr.io')).toThrow(message);
  expect(() => readDockerCredential(text, 'ghcr.io')).not.toThrow('secret');
});
