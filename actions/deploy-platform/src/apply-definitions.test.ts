import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import type { KubernetesObject } from '@suite/kubernetes';
import { applyDefinitions, definitionsToApply } from './apply-definitions.ts';
import type { ReleasePlan } from './plan.ts';

const definition = (name: string): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: { group: 'a', names: { kind: 'Old' }, versions: [{ name: 'v1' }, { name: 'v0', served: false }] },
});
const kind = { apiVersion: 'a/v1', kind: 'Old', resource: 'olds', isNamespaced: true };
const title = (name: string) => `CustomResourceDefinition ${name}`;

/** Two definitions of `crds/` that are there or not, one that is as it should be, and one of a template. */
function planOf(action: ReleasePlan['action']): ReleasePlan {
  const objects = [
    { object: definition('old.a'), keep: true, isMadeOnce: true },
    { object: definition('new.a'), keep: true, isMadeOnce: true },
    { object: definition('same.a'), keep: true, isMadeOnce: true },
    { object: definition('template.a'), keep: true },
  ];
  const changes = [
    { title: title('old.a'), kind: 'update' },
    { title: title('new.a'), kind: 'create' },
    { title: title('template.a'), kind: 'update' },
  ];
  return { action, changes, rendered: { objects } } as unknown as ReleasePlan;
}
const names = (objects: readonly KubernetesObject[]) => objects.map(({ metadata }) => metadata.name);

describe('definitions that Helm would leave as they are', () => {
  test.each([
    'upgrade',
    // Helm would make what is not there, and begin with its kinds before they are known.
    'install',
  ] as const)('%s', action => {
    expect(names(definitionsToApply(planOf(action)))).toEqual(['old.a', 'new.a']);
  });

  test('are applied, and waited for until they are served, and the API server says so', async () => {
    const clock = manualClock();
    const did: string[] = [];
    let asked = 0;
    const work = applyDefinitions([definition('old.a')], {
      clock,
      signal: new AbortController().signal,
      cluster: {
        apply: async (object, { manager, force, dryRun }) => {
          did.push(`apply ${object.metadata.name} as ${manager} ${force} ${dryRun ?? false}`);
          return object;
        },
        follow: async (_selection, onChange) => {
          const shown = (status: string): KubernetesObject => ({
            ...definition('old.a'),
            status: { conditions: [{ type: 'Established', status }] },
          });
          for (const status of ['False', 'True', 'True']) {
            asked++;
            if (onChange(new Map([['old.a', shown(status)]])) === true) return;
          }
        },
        forget: () => void did.push('forget'),
        discovery: async () => {
          const served = did.push('discover') > 4 ? ['a/v1'] : [];
          return { apiVersions: [], find: apiVersion => (served.includes(apiVersion) ? kind : undefined) };
        },
      },
    });
    while (did.length < 3) await clock.advance(0);
    await clock.advance(250);
    await work;
    const looked = ['forget', 'discover'];
    expect([did, asked]).toEqual([['apply old.a as helm true false', ...looked, ...looked], 2]);
  });

  test('that are never served are an error, and none is nothing to do', async () => {
    const clock = manualClock();
    const cluster = {
      apply: async (object: KubernetesObject) => object,
      follow: (
        _selection: unknown,
        onChange: (objects: ReadonlyMap<string, KubernetesObject>) => unknown,
        end?: AbortSignal,
      ) =>
        new Promise<never>((_resolve, reject) => {
          onChange(new Map([['old.a', definition('old.a')]]));
          end?.addEventListener('abort', () => reject(end.reason));
        }),
      forget: () => undefined,
      discovery: () => Promise.reject(new Error('Nobody asks before they are established.')),
    };
    const options = { clock, cluster, signal: new AbortController().signal };
    const work = applyDefinitions([definition('old.a')], options).then(
      () => '',
      error => (error as Error).message,
    );
    for (let second = 0; second < 65; second++) await clock.advance(1000);
    expect(await work).toMatch(/^CustomResourceDefinition old\.a is not served/);
    await applyDefinitions([], options);
  });
});
