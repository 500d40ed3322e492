import { type EnvironmentScope, parsePlatform, resolveUnlocked } from '@suite/platform-file';

/** `dev` of a platform with these applications the images `web` and `worker`, and the charts `redis` and `mongo`. */
export function viewWith(applications: string): EnvironmentScope {
  const source = (name: string, digit: string) => `ghcr.io/contoso/${name}@sha256:${digit.repeat(64)}`;
  const platform = parsePlatform(
    `
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  prod: { subscription: 55555555-5555-5555-5555-555555555555, location: westeurope, runner: inside }
images:
  web: { source: "${source('web', 'a')}", repository: apps/web }
  worker: { source: "${source('worker', 'b')}" }
charts:
  redis: { chart: "oci://ghcr.io/contoso/charts/redis", version: 1.3.0, digest: "sha256:${'a'.repeat(64)}" }
  mongo: { chart: mongo, repository: "https://charts.contoso.com/", version: 2.1.0, digest: "sha256:${'b'.repeat(64)}" }
applications: ${applications}
`,
    'platform.yaml',
  );
  const view = resolveUnlocked(platform).find(({ scope }) => scope === 'dev');
  if (view?.kind !== 'environment') throw new TypeError('no environment dev');
  return { ...view, identities: { plan: 'p', apply: 'a' }, state: { account: 'a', container: 'c', key: 'k' } };
}
