import { describe, expect, test } from '@jest/globals';
import { identityOf, type KubernetesObject, type ObjectRef, refOf } from '@suite/kubernetes';
import { object, releaseOf, view } from './checks/checks.fixture.ts';
import { foreignOwnerChecks } from './foreign-owners.ts';
import { ownedBy } from './helm-owner.ts';
import type { ReleaseRecord } from './record.ts';
import type { RenderedRelease } from './render.ts';
import { groundwork } from './setup.ts';

const release = releaseOf();
const map = (metadata = {}) => object('v1', 'ConfigMap', {}, metadata);
const namespace = (name: string) => object('v1', 'Namespace', {}, { name, namespace: undefined });
const rendered = (one: KubernetesObject, more = {}): RenderedRelease[] => [
  {
    release,
    chart: { path: '', name: 'web', version: '1.0.0', digest: '' },
    objects: [{ object: one, keep: false, ...more }],
    hooks: [],
  },
];
const recorded = (status: ReleaseRecord['status'], ref: ObjectRef) =>
  new Map([['web', { status, objects: [{ ...ref, keep: false }] } as unknown as ReleaseRecord]]);

const said = (
  releases: readonly RenderedRelease[],
  there: KubernetesObject,
  records = new Map<string, ReleaseRecord>(),
) =>
  foreignOwnerChecks(releases, { live: new Map([[identityOf(refOf(there)), there]]), records }).map(
    ({ id, status, message }) => `${status} ${id}: ${message}`,
  );

describe('what is there already', () => {
  test.each<[string, KubernetesObject, string]>([
    ['of nobody known', map(), 'somebody who left no name'],
    ['of kubectl', map({ managedFields: [{ manager: 'kubectl-create' }] }), '`kubectl-create`'],
    ['of another release', map(ownedBy({ name: 'old', namespace: 'shop' })), 'the Helm release `old` of `shop`'],
    [
      'of a release of that name elsewhere',
      map(ownedBy({ name: 'web', namespace: 'b' })),
      'the Helm release `web` of `b`',
    ],
  ])('%s blocks', (_, there, owner) => {
    const expected = `blocked release/web/owner: \`ConfigMap shop/web\` is there already, from ${owner}, and Helm takes nothing from others.`;
    expect(said(rendered(map()), there)).toEqual([expected]);
    // What is left of an apply that failed may have been there before it.
    expect(said(rendered(map()), there, recorded('failed', refOf(there)))).toEqual([expected]);
  });

  test('and says how it is handed over', () => {
    const [check] = foreignOwnerChecks(rendered(map()), {
      live: new Map([[identityOf(refOf(map())), map()]]),
      records: new Map(),
    });
    expect(check?.remedy).toMatch(
      /`app\.kubernetes\.io\/managed-by: Helm`, `meta\.helm\.sh\/release-name: web` and `meta\.helm\.sh\/release-namespace: shop`\.$/,
    );
  });

  test.each<[string, readonly RenderedRelease[], KubernetesObject, Map<string, ReleaseRecord>]>([
    ['its own', rendered(map()), map(ownedBy(release)), new Map()],
    [
      'what its last apply left, whatever became of its marks',
      rendered(map()),
      map(),
      recorded('deployed', refOf(map())),
    ],
    ['what Helm leaves as it is', rendered(map(), { isMadeOnce: true }), map(), new Map()],
    ['the namespace that is made for it', rendered(namespace('shop')), namespace('shop'), new Map()],
  ])('is no matter: %s', (_, releases, there, records) => {
    expect(said(releases, there, records)).toEqual([]);
  });

  test('a namespace of Kubernetes itself is handed to nobody', () => {
    expect(said(rendered(namespace('kube-system')), namespace('kube-system'))).toHaveLength(1);
  });
});

test('the namespace that a chart brings, and that is made before it, says whose it is', () => {
  const made = (one: KubernetesObject) =>
    groundwork(view, undefined, rendered(one)).find(({ metadata }) => metadata.name === 'shop')?.metadata;
  const labels = { 'pod-security.kubernetes.io/enforce': 'privileged', 'app.kubernetes.io/part-of': 'contoso' };
  expect(made(namespace('shop'))).toMatchObject({
    labels: { ...labels, 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' },
  });
  expect(made(map())).toEqual({ name: 'shop', labels: expect.objectContaining(labels) });
  expect(Object.keys(made(map())?.labels ?? {})).not.toContain('app.kubernetes.io/managed-by');
});
