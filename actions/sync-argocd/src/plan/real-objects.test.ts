/**
 * Objects as a real API server (Kubernetes 1.34.4, with controllers and defaults) keeps them after they were applied as Argo CD's field
 * manager, by server-side apply and as `kubectl apply` does; then one Deployment was scaled by `kubectl`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import { readObjects } from '../render/documents.ts';
import { type RenderedApplication, readApplication } from '../render/index.ts';
import { application } from '../render/testing/repository.ts';
import { nothingLive } from './observe.ts';
import { planApplications } from './plan.ts';

const folder = join(import.meta.dirname, 'fixtures');
const manifests = readFileSync(join(folder, 'manifests.yaml'), 'utf8');
const render = (text: string, spec = {}): RenderedApplication => ({
  application: readApplication(application('api', { path: 'x' }, spec)),
  origin: { is: 'given' },
  objects: readObjects(text, 'manifests').map(object => ({
    ...object,
    metadata: { ...object.metadata, namespace: 'api' },
  })),
  hooks: [],
  warnings: [],
});
const project: KubernetesObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'contoso' },
};

describe.each(['server-side', 'client-side'])('objects that were applied %s', how => {
  const there = JSON.parse(readFileSync(join(folder, `live-${how}.json`), 'utf8')) as KubernetesObject[];
  const live = {
    ...nothingLive,
    isKnown: true,
    objects: new Map(there.map(object => [identityOf(refOf(object)), object])),
    projects: new Map([['contoso', project]]),
  };
  const plan = (base: RenderedApplication | undefined, head: RenderedApplication) =>
    planApplications({
      base: base === undefined ? undefined : { applications: [base], problems: [] },
      head: { applications: [head], problems: [] },
      live,
      isHere: () => true,
      projects: [],
      forbidden: () => [],
      closed: () => undefined,
      key: 'key',
    });
  const shown = (changes: ReturnType<typeof plan>['changes']) =>
    changes.map(({ kind, title, attributes }) => [kind, title, ...attributes.map(({ path }) => path)]);
  const scaled = ['update', 'Deployment api/web', 'spec.replicas'];

  test('differ in nothing but what somebody scaled', () => {
    const same = render(manifests);
    const { changes, drift, checks } = plan(same, same);
    expect(shown(changes)).toEqual([]);
    expect(shown(drift)).toEqual([scaled]);
    expect(checks).toEqual([]);
    expect(shown(plan(undefined, same).changes)).toEqual([scaled]);
  });

  test('and in nothing at all where that is ignored', () => {
    const ignoring = { ignoreDifferences: [{ group: 'apps', kind: 'Deployment', jsonPointers: ['/spec/replicas'] }] };
    const same = render(manifests, ignoring);
    expect(plan(same, same).drift).toEqual([]);
  });

  test('show what a commit changes and takes away', () => {
    const changed = manifests
      .replace('host/web:1', 'host/web:2')
      .replace(', { name: GONE, value: "1" }', '')
      .replace(', long: "x"', '')
      .replace('minAvailable: 1', 'minAvailable: 2')
      .replace('storage: 1Gi', 'storage: 2Gi');
    const { changes, drift } = plan(render(manifests), render(changed));
    expect(shown(changes)).toEqual([
      ['update', 'ConfigMap api/settings', 'data.long'],
      [
        'update',
        'Deployment api/web',
        'spec.template.spec.containers[web].image',
        'spec.template.spec.containers[web].env[GONE]',
      ],
      ['replace', 'StatefulSet api/db', expect.stringContaining('spec.volumeClaimTemplates')],
      ['update', 'PodDisruptionBudget api/web', 'spec.minAvailable'],
    ]);
    expect(shown(drift)).toEqual([scaled]);
    expect(changes[1]?.effect).toMatch(/^It restarts \d pods\.$/);
  });

  test('the same without base, as Argo CD owns what it applied', () => {
    const changed = manifests.replace(', { name: GONE, value: "1" }', '').replace(', long: "x"', '');
    expect(shown(plan(undefined, render(changed)).changes)).toEqual([
      ['update', 'ConfigMap api/settings', 'data.long'],
      ['update', 'Deployment api/web', 'spec.replicas', 'spec.template.spec.containers[web].env[GONE]'],
    ]);
  });
});
