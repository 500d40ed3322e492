import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { parseLock, parsePlatform, resolveAll } from './index.ts';
import { lockFor } from './testing/index.ts';

interface Job {
  readonly if?: string;
  readonly uses?: string;
  readonly permissions: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: {
    readonly pull_request: { readonly types: readonly string[] };
    readonly push: { readonly branches: readonly string[] };
  };
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string) =>
  readFileSync(new URL(`../../../examples/platform-repository/${path}`, import.meta.url), 'utf8');

const workflow = parse(read('.github/workflows/platform.yml')) as Workflow;
const { plan, promote } = workflow.jobs;

test('the example names every scope in its lock', () => {
  const platform = parsePlatform(read('platform.yaml'), 'platform.yaml');
  const lock = parseLock(read('platform.lock.yaml'), 'platform.lock.yaml');
  expect(resolveAll(platform, lock).map(({ scope }) => scope)).toEqual(['shared', 'dev', 'staging', 'prod']);
});

describe('the workflow of the example platform', () => {
  test('has every pull request planned, to its end', () => {
    expect(plan?.if).toBe("github.event_name == 'pull_request'");
    expect(plan?.uses).toBe('org/actions/.github/workflows/plan.yml@v1');
    expect(workflow.on.pull_request.types).toEqual(['opened', 'synchronize', 'reopened', 'closed']);
  });

  test('has every merge promoted', () => {
    expect(Object.keys(workflow.jobs)).toEqual(['plan', 'promote']);
    expect(promote?.if).toBe("github.event_name == 'push'");
    expect(promote?.uses).toBe('org/actions/.github/workflows/promote.yml@v1');
    expect(workflow.on.push.branches).toEqual(['main']);
  });

  test('grants nothing but what its jobs do', () => {
    expect(workflow.permissions).toEqual({});
    // Fixed for all of v1 (DESIGN §1).
    expect(plan?.permissions).toEqual({
      contents: 'read',
      actions: 'read',
      'id-token': 'write',
      'pull-requests': 'write',
      checks: 'write',
    });
    expect(promote?.permissions).toEqual({
      contents: 'read',
      actions: 'read',
      checks: 'read',
      statuses: 'read',
      'id-token': 'write',
      'pull-requests': 'write',
      attestations: 'write',
    });
  });
});

test.each(['minimal', 'guide', 'private', 'existing', 'everything'])('the platform file %s is right', name => {
  const path = `../platform-files/${name}.yaml`;
  const platform = parsePlatform(read(path), path);
  expect(resolveAll(platform, lockFor(platform)).map(({ scope }) => scope)).toEqual(
    expect.arrayContaining(['shared', 'dev', 'prod']),
  );
});

test('everything.yaml leaves nothing of the platform out', () => {
  const path = '../platform-files/everything.yaml';
  const platform = parsePlatform(read(path), path);
  const views = resolveAll(platform, lockFor(platform)).filter(view => view.kind === 'environment');
  const offIn = (parts: object) => Object.entries(parts).flatMap(([name, part]) => (part === undefined ? [name] : []));
  expect(views.map(({ scope, releases }) => [scope, offIn(releases)])).toEqual([
    ['dev', []],
    ['staging', []],
    ['prod', []],
  ]);
  // Applications are not the platform's.
  expect(views.filter(({ production }) => production).map(offIn)).toEqual([['applications']]);
});
