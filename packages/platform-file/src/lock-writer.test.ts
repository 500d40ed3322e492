import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseLock } from './lock.ts';
import { type LockedPlace, writeLock } from './lock-writer.ts';

const id = (number: number) => `a0000000-0000-4000-8000-00000000000${number}`;
const place = (scope: string, region: string, first: number): LockedPlace => ({
  scope,
  region,
  identities: { plan: id(first), apply: id(first + 1) },
  state: { account: `st${scope}`, container: 'tfstate' },
});

const shared = place('shared', 'westeurope', 1);
const dev = place('dev', 'westeurope', 3);

describe('writeLock', () => {
  test('a first lock has the heading and every place in order', () => {
    expect(
      writeLock(undefined, [shared, dev]),
    ).toBe(`# Written by bootstrap: who plans, who applies, and where the state lives. Ids only, no secret. Do not edit by hand.

version: 1
scopes:
  shared:
    westeurope:
      identities: { plan: ${id(1)}, apply: ${id(2)} }
      state: { account: stshared, container: tfstate }
  dev:
    westeurope:
      identities: { plan: ${id(3)}, apply: ${id(4)} }
      state: { account: stdev, container: tfstate }
`);
  });

  test('what it writes can be read', () => {
    const { source } = parseLock(writeLock(undefined, [shared, dev]), 'platform.lock.yaml');
    expect(source.scopes['dev']?.['westeurope']).toEqual({ identities: dev.identities, state: dev.state });
  });

  test('nothing different: the text to the letter', () => {
    const text = `scopes: { dev: { westeurope: { state: {account: stdev,container: tfstate}, identities: { apply: ${id(4)}, plan: ${id(3).toUpperCase()} } } } } # odd\nversion: 1\n`;
    expect(writeLock(text, [dev])).toBe(text);
  });

  test('the example’s lock is as bootstrap would write it', () => {
    const file = join(import.meta.dirname, '../../../examples/platform-repository/platform.lock.yaml');
    const text = readFileSync(file, 'utf8');
    const { source } = parseLock(text, file);
    const places = Object.entries(source.scopes).flatMap(([scope, regions]) =>
      Object.entries(regions).map(([region, entry]) => ({ scope, region, ...entry })),
    );
    expect(writeLock(text, places)).toBe(text);
  });

  test('a scope that is new comes in its place; others and comments stay', () => {
    const text = writeLock(writeLock(undefined, [dev, place('gone', 'westeurope', 8)]), []);
    const changed = writeLock(text.replace('  gone:', '  # kept\n  gone:'), [
      shared,
      dev,
      place('dev', 'northeurope', 5),
    ]);
    expect(changed).toContain('# Written by bootstrap');
    expect(changed).toContain('  # kept\n  gone:');
    expect(Object.keys(parseLock(changed, 'l').source.scopes)).toEqual(['shared', 'dev', 'gone']);
    expect(Object.keys(parseLock(changed, 'l').source.scopes['dev'] ?? {})).toEqual(['westeurope', 'northeurope']);
  });

  test('ids that are different are replaced', () => {
    const changed = writeLock(writeLock(undefined, [shared, dev]), [
      shared,
      { ...dev, identities: { plan: id(7), apply: id(8) } },
    ]);
    expect(parseLock(changed, 'l').source.scopes['dev']?.['westeurope']?.identities).toEqual({
      plan: id(7),
      apply: id(8),
    });
  });
});
