import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Helm } from './ports.ts';
import type { Release } from './release.ts';
import { type Capabilities, renderReleases } from './render.ts';

const release = (name: string, ...needs: readonly string[]): Release => ({
  name,
  namespace: `${name}-space`,
  podSecurity: 'restricted',
  chart: { kind: 'folder', path: `/charts/${name}` },
  needs,
  values: {},
  unknownValues: [],
  readiness: [],
  isStateful: false,
  apply: { forceConflicts: false, reason: '' },
  timeoutSeconds: 60,
  setting: `releases.${name}`,
});

const capabilities: Capabilities = {
  kubeVersion: '1.34.4',
  apiVersions: ['v1', 'v1/ConfigMap'],
  isNamespaced: (_, kind) => (kind === 'ConfigMap' ? true : undefined),
};

const definition: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'monitors.example.org' },
  spec: {
    group: 'example.org',
    scope: 'Namespaced',
    names: { kind: 'Monitor' },
    versions: [{ name: 'v1', served: true }],
  },
};
const config: KubernetesObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config' } };
const monitor: KubernetesObject = { apiVersion: 'example.org/v1', kind: 'Monitor', metadata: { name: 'monitor' } };

/** `kinds` brings a kind, `broken` cannot be rendered, every other one has a monitor where the kind is known. */
function recordingHelm() {
  const calls: { readonly name: string; readonly more: readonly string[] }[] = [];
  const upgrades = new Set<string>();
  const helm: Pick<Helm, 'pull' | 'render'> = {
    pull: async source => ({ path: JSON.stringify(source), name: 'chart', version: '1.0.0', digest: 'sha256:1' }),
    render: async ({ release: name, apiVersions, isUpgrade }) => {
      if (isUpgrade) upgrades.add(name);
      calls.push({ name, more: apiVersions.filter(one => !capabilities.apiVersions.includes(one)) });
      if (name === 'broken') throw new UserError({ message: 'It renders nothing.' });
      const known = apiVersions.includes('example.org/v1/Monitor') ? [config, monitor] : [config];
      const objects = name === 'kinds' ? [definition] : known;
      return { objects: objects.map(object => ({ object, keep: false })), hooks: [] };
    },
  };
  return { helm, calls, upgrades };
}

const titles = (objects: readonly { readonly object: KubernetesObject }[]) =>
  objects.map(({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? ''}`);

describe('renderReleases', () => {
  test('what is installed is rendered as an upgrade, but for a chart that would look up what it made up', async () => {
    const { helm, upgrades } = recordingHelm();
    const madeUp = [{ kind: 'Secret', name: 'passwords', path: ['data'] }];
    const releases = [release('alone'), release('web'), { ...release('database'), madeUp }];
    await renderReleases(releases, capabilities, helm, new Set(['web', 'database']));
    expect([...upgrades]).toEqual(['web']);
  });

  test('renders each release once, with the kinds that come with what it needs, however far', async () => {
    const { helm, calls } = recordingHelm();
    const releases = [release('kinds'), release('alone'), release('web', 'kinds'), release('far', 'web')];
    const rendered = await renderReleases(releases, capabilities, helm, new Set());
    const kinds = ['example.org/v1', 'example.org/v1/Monitor'];
    expect(calls.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { name: 'alone', more: [] },
      { name: 'far', more: kinds },
      { name: 'kinds', more: [] },
      { name: 'web', more: kinds },
    ]);
    expect(rendered.map(one => [one.release.name, titles(one.objects)])).toEqual([
      ['kinds', ['CustomResourceDefinition ']],
      ['alone', ['ConfigMap alone-space']],
      ['web', ['ConfigMap web-space', 'Monitor web-space']],
      ['far', ['ConfigMap far-space', 'Monitor far-space']],
    ]);
  });

  test('renders once more what needs an installed release that brings more kinds now', async () => {
    const { helm, calls } = recordingHelm();
    const releases = [release('kinds'), release('web', 'kinds'), release('far', 'web')];
    const rendered = await renderReleases(releases, capabilities, helm, new Set(['kinds', 'web', 'far']));
    const kinds = ['example.org/v1', 'example.org/v1/Monitor'];
    expect(calls.map(({ name, more }) => [name, more])).toEqual([
      ['kinds', []],
      ['web', []],
      ['far', []],
      ['web', kinds],
      ['far', kinds],
    ]);
    expect(rendered.map(one => titles(one.objects))).toEqual([
      ['CustomResourceDefinition '],
      ['ConfigMap web-space', 'Monitor web-space'],
      ['ConfigMap far-space', 'Monitor far-space'],
    ]);
  });

  test('renders once what needs an installed release whose kinds are served', async () => {
    const { helm, calls } = recordingHelm();
    const served = { ...capabilities, apiVersions: ['v1', 'example.org/v1', 'example.org/v1/Monitor'] };
    const installed = new Set(['kinds', 'web']);
    const rendered = await renderReleases([release('kinds'), release('web', 'kinds')], served, helm, installed);
    expect(calls.map(({ name }) => name)).toEqual(['kinds', 'web']);
    expect(titles(rendered[1]?.objects ?? [])).toEqual(['ConfigMap web-space', 'Monitor web-space']);
  });

  test('what a chart says itself is what the plan fails with', async () => {
    const { helm } = recordingHelm();
    const releases = [release('broken'), release('web', 'broken')];
    const refusal = renderReleases(releases, capabilities, helm, new Set());
    await expect(refusal).rejects.toThrow('It renders nothing.');
    await expect(refusal).rejects.toMatchObject({ setting: 'releases.broken' });
  });
});
