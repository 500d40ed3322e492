import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import type { PlatformPlan } from './plan.ts';
import { rollBack } from './rollback.ts';

const releases = [
  { name: 'crds', isStateful: true },
  { name: 'certs', isStateful: false },
  { name: 'issuers', isStateful: false },
  { name: 'new', isStateful: false },
  { name: 'refused', isStateful: false },
];
const plan = {
  releases: releases.map(release => ({
    name: release.name,
    namespace: 'a',
    rendered: { release: { ...release, timeoutSeconds: 60 } },
  })),
} as unknown as PlatformPlan;
const good = new Map(
  ['crds', 'certs', 'issuers', 'refused'].map(name => [name, { revision: 3, chart: `${name}-1.0.0` }]),
);

/** Every release has failed; of `refused` nothing was applied. */
async function run(rollback: 'on-failure' | 'never', failing?: string) {
  const done: string[] = [];
  const warned: string[] = [];
  const revision = (name: string, version: number): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: '', namespace: 'a', labels: { name, version: String(version), status: 'deployed' } },
  });
  const said = await rollBack(plan, releases, good, {
    rollback,
    log: { info: () => undefined, warning: text => void warned.push(text) },
    cluster: {
      listMetadata: async () => releases.map(({ name }) => revision(name, name === 'refused' ? 3 : 4)),
    } as never,
    helm: {
      rollback: async (name: string, namespace: string, to: number) => {
        if (name === failing) throw new Error('no way back\nin detail');
        done.push(`${namespace}/${name} to ${to}`);
      },
    } as never,
  });
  expect(warned).toEqual(said);
  return { done, said };
}

test('the last ones go back first; what holds data stays, and what never ran well, and what was not touched', async () => {
  expect(await run('on-failure')).toEqual({
    done: ['a/issuers to 3', 'a/certs to 3'],
    said: [
      'new has no earlier revision that ran well, and stays as it is.',
      'issuers was brought back to revision 3 (issuers-1.0.0).',
      'certs was brought back to revision 3 (certs-1.0.0).',
      'crds holds data and stays as it is.',
    ],
  });
});

test('one that cannot go back keeps no other from it', async () => {
  const { done, said } = await run('on-failure', 'issuers');
  expect(done).toEqual(['a/certs to 3']);
  expect(said).toContain('issuers could not be brought back: no way back');
});

test('nothing goes back where the environment says never', async () => {
  expect(await run('never')).toEqual({ done: [], said: [] });
});
