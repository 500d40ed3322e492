import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RunContext } from '@suite/action-kit';
import type { Attestation } from '@suite/attestation';
import { describeProblem, type UserError } from '@suite/foundation';
import { parsePlatform } from '@suite/platform-file';
import { lockFor } from '../../../packages/platform-file/src/testing/index.ts';
import { digestOf, encodeBundle } from './bundle.ts';
import { check } from './check.ts';
import type { Services } from './ports.ts';

const commit = '2'.repeat(40);
const signer = 'org/actions/.github/workflows/promote.yml';
/** Dev is frozen until midnight, and asks for an attestation. */
const text = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
    gate: { attestation: required, freeze: [{ from: 2026-11-26, to: 2026-11-27, zone: UTC }] }
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
const bytes = encodeBundle({
  schema: 'bundle/v1',
  repository: { name: 'contoso/platform', id: '701234567' },
  platform: 'contoso',
  file: 'platform.yaml',
  commit,
  images: [],
  suite: { repository: 'org/actions', ref: 'v1' },
});
const attestation: Attestation = {
  claims: {
    issuer: 'https://token.actions.githubusercontent.com',
    signer: `https://github.com/${signer}@refs/tags/v1`,
    repositoryId: '701234567',
    repository: 'https://github.com/contoso/platform',
    commit,
    ref: 'refs/heads/main',
    run: 'https://github.com/contoso/platform/actions/runs/1/attempts/1',
  },
  predicateType: 'https://slsa.dev/provenance/v1',
  subjects: [digestOf(bytes).slice('sha256:'.length)],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gate-'));
  await writeFile(join(folder, 'platform.yaml'), text);
  const lock = lockFor(parsePlatform(text, 'platform.yaml'));
  await writeFile(join(folder, 'platform.lock.yaml'), JSON.stringify(lock.source));
  await writeFile(join(folder, 'bundle.json'), bytes);
  await writeFile(join(folder, 'attestation.json'), '{}');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * The gate of dev ten minutes before midnight by GitHub's clock, on a runner whose own is ahead by this much. `branch` gives the platform file
 * as main has it at a time.
 */
async function wait(aheadMs: number, branch: (now: number) => string | undefined = () => text) {
  const asked: string[] = [];
  let now = Date.parse('2026-11-26T23:50:00Z');
  const none = () => undefined;
  const services: Services = {
    context: {
      workspace: folder,
      temp: folder,
      repository: 'contoso/platform',
      repositoryId: '701234567',
      sha: commit,
      ref: 'refs/heads/main',
      action: { repository: 'org/actions', ref: 'v1' },
    } as RunContext,
    log: { info: none, warning: none } as unknown as Services['log'],
    clock: {
      now: () => now + aheadMs,
      sleep: async milliseconds => {
        now += milliseconds;
      },
    },
    now: async () => {
      asked.push('time');
      return now;
    },
    summary: { append: async () => undefined } as unknown as Services['summary'],
    signal: new AbortController().signal,
    setOutputs: none,
    openShelf: async () => undefined,
    readFile: async path => {
      if (path !== 'platform.yaml') throw new Error(`Nobody has ${path}.`);
      const content = branch(now);
      return content === undefined ? undefined : Buffer.from(content);
    },
    compare: async () => 'unknown',
    readChecks: async () => [],
    findReview: async () => undefined,
    verifyAttestations: async () => {
      asked.push('attestation');
      return [{ attestation }];
    },
    approvers: async () => [],
    reviewersOf: async () => 0,
  };
  const request = {
    command: 'check' as const,
    platformFile: join(folder, 'platform.yaml'),
    scope: 'dev',
    region: undefined,
    identity: 'plan' as const,
    bundle: join(folder, 'bundle.json'),
    digest: digestOf(bytes),
    trustedRoot: undefined,
    signer: undefined,
    approval: false,
    waitMs: 20 * 60_000,
    rollback: undefined,
    token: 't',
  };
  await check(request, services);
  return { asked, entered: new Date(now).toISOString() };
}

test.each([0, 3_600_000, -3_600_000])(
  'a gate that waits opens at midnight for everybody, however far its runner is ahead (%i ms), and verifies once',
  async aheadMs => {
    expect(await wait(aheadMs)).toEqual({
      asked: ['attestation', 'time', 'time'],
      entered: '2026-11-27T00:00:00.000Z',
    });
  },
);

describe('what was closed on the branch since the commit of the bundle', () => {
  const midnight = Date.parse('2026-11-27T00:00:00Z');
  const asks = (gate: string) => text.replace(/^ {4}gate: .*$/m, `    gate: ${gate}`);

  test.each<readonly [string, (now: number) => string | undefined, string]>([
    ['is closed: a hold', () => asks('{ hold: the auditors are here }'), '`dev` is on hold: the auditors are here.'],
    [
      'is closed: a freeze',
      () => asks('{ freeze: [{ from: 2026-11-26, to: 2026-11-30, zone: UTC }] }'),
      'It opens at Mon, 30 Nov 2026',
    ],
    [
      'is closed: a hold that comes while it waits',
      now => (now < midnight ? text : asks('{ hold: stop }')),
      '`dev` is on hold: stop.',
    ],
    [
      'is not known where the file is broken there',
      () => 'version: 1\nname: [',
      'Whether `dev` is on hold or frozen by now cannot be read in platform.yaml of refs/heads/main: ',
    ],
  ])('%s', async (_, branch, message) => {
    const refused = await wait(0, branch).catch((error: UserError) => error.problems.map(describeProblem));
    expect(refused).toEqual(expect.arrayContaining([expect.stringContaining(message)]));
  });

  test.each<readonly [string, string | undefined]>([
    ['there is no such branch or file any more', undefined],
    ['it knows no such environment any more', text.replace('  dev:', '  test:')],
    ['it asks for less', asks('{}')],
  ])('is nothing where %s', async (_, branch) => {
    expect(await wait(0, () => branch)).toMatchObject({ entered: '2026-11-27T00:00:00.000Z' });
  });
});
