import type { KubernetesObject } from '@suite/kubernetes';
import { type EnvironmentScope, parsePlatform, resolveScope } from '@suite/platform-file';
import { lockFor } from '@suite/platform-file/testing';
import type { Release } from '../release.ts';
import type { CheckInput } from './input.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One environment: 2 to 10 system nodes and 1 to 3 for applications of 4 cores and 16 GiB, up to 2 with a T4. */
export const view: EnvironmentScope = resolve(`
    cluster:
      pools:
        user: { size: Standard_D4ds_v5, min: 1, max: 3 }
        gpu: { min: 0, max: 2 }
`);

/** The same platform with other settings of the environment, in YAML below `dev`. */
export function resolve(settings: string): EnvironmentScope {
  const platform = parsePlatform(
    `
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
domain: platform.contoso.com
shared:
  subscription: 22222222-2222-2222-2222-222222222222
  location: westeurope
defaults:
  admins: [66666666-6666-6666-6666-666666666666]
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
    production: false
${settings}`,
    'platform.yaml',
  );
  const resolved = resolveScope(platform, lockFor(platform), { scope: 'dev' });
  if (resolved.kind !== 'environment') throw new Error('dev is no environment');
  return resolved;
}

export function releaseOf(more: Partial<Release> = {}): Release {
  return {
    name: 'web',
    namespace: 'shop',
    podSecurity: 'privileged',
    chart: { kind: 'folder', path: '/charts/web' },
    needs: [],
    values: {},
    unknownValues: [],
    readiness: [],
    isStateful: false,
    apply: { forceConflicts: false, reason: '' },
    timeoutSeconds: 300,
    setting: 'releases.web',
    ...more,
  };
}

/** One release with these objects. */
export function inputOf(
  objects: readonly KubernetesObject[],
  more: Partial<CheckInput> = {},
  release: Partial<Release> = {},
): CheckInput {
  return {
    releases: [{ release: releaseOf(release), objects }],
    view,
    kubernetesVersion: '1.35.2',
    outputs: undefined,
    today: '2026-11-28',
    ...more,
  };
}

export function object(apiVersion: string, kind: string, fields: Fields = {}, metadata: Fields = {}): KubernetesObject {
  return { apiVersion, kind, metadata: { name: 'web', namespace: 'shop', ...metadata }, ...fields };
}

export function workload(kind: string, pod: Fields, spec: Fields = {}, metadata: Fields = {}): KubernetesObject {
  const { labels, ...podSpec } = { labels: { app: 'web' }, ...pod };
  return object('apps/v1', kind, { spec: { ...spec, template: { metadata: { labels }, spec: podSpec } } }, metadata);
}

/** A Deployment of one container. */
export function deployment(
  container: Fields,
  pod: Fields = {},
  spec: Fields = {},
  metadata: Fields = {},
): KubernetesObject {
  return workload('Deployment', { containers: [{ name: 'web', ...container }], ...pod }, spec, metadata);
}
