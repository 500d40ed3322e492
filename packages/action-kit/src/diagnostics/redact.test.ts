import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from './redact.ts';

fc.configureGlobal({ seed: 1 });

const canary = 'canary-7f3a9c1e5b';

describe('secrets that are known', () => {
  const secrets = fc
    .string({ minLength: 12, maxLength: 60, unit: 'grapheme-ascii' })
    .filter(text => text.trim().length >= 12);

  test('are gone, as they are, in JSON, in a URL and in base64 at any place', () => {
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const written = [
          secret,
          JSON.stringify({ secret }),
          `https://a.example/?x=${encodeURIComponent(secret)}`,
          Buffer.from(before + secret + after).toString('base64'),
          Buffer.from(before + secret + after).toString('base64url'),
        ].join('\n');
        const left = redact(written, [secret]);
        // What is left is looked through in every way in which it could have been written.
        const decoded = left.split(/[^\w+/=-]/).map(part => Buffer.from(part, 'base64').toString('latin1'));
        for (const text of [left, ...decoded]) expect(text).not.toContain(secret);
      }),
    );
  });

  test('of several lines are gone line by line, and short ones stay', () => {
    expect(redact('one first-line two\nsecond-line\nabc', ['first-line\nsecond-line', 'abc'])).toBe(
      'one *** two\n***\nabc',
    );
  });
});

describe('what looks like a secret', () => {
  test.each([
    [`Authorization: Bearer ${canary}`],
    [`eyJ${canary}.eyJ${canary}.${canary}`],
    [`ghs_${canary.replaceAll('-', '')}000000`],
    [`https://a.blob.core.windows.net/c/b?sv=2024&sig=${canary}&se=1`],
    [`AccountKey=${canary.replaceAll('-', '')}==`],
    [`https://user:${canary}@registry.example`],
    [`-----BEGIN RSA PRIVATE KEY-----\n${canary}\n-----END RSA PRIVATE KEY-----`],
    [`-----BEGIN PRIVATE KEY-----\n${canary}`],
    [`"client_secret":"${canary}"`],
    [`--password=${canary}`],
    [`admin-token: ${canary}`],
  ])('%s', text => {
    const left = redact(text, []);
    expect(left).toContain('***');
    expect(left).not.toContain(canary.slice(-6));
  });
});

test('what is none stays as it is', () => {
  const text = JSON.stringify({
    file: '/usr/bin/helm',
    args: ['upgrade', 'loki', '--wait=hookOnly'],
    digest: `sha256:${'a'.repeat(64)}`,
  });
  expect(redact(text, ['not-in-there'])).toBe(text);
});
