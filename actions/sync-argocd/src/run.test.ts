import { describe, expect, test } from '@jest/globals';
import { argoUrlOf } from './run.ts';
import { viewWith } from './view.fixture.ts';

describe('where people open Argo CD', () => {
  const view = viewWith('{ repository: contoso/gitops, apps: [{ name: web }] }');
  const { applications } = view;
  if (applications === undefined) throw new TypeError('no applications');
  const routes = { argoCd: true } as NonNullable<typeof view.releases.routes>;
  const gateway = {} as NonNullable<typeof view.releases.gateway>;
  const dns = { name: 'dev.contoso.com' } as NonNullable<typeof view.dns>;
  const routed = { dns, releases: { ...view.releases, gateway, routes } };
  const hub = {
    id: '',
    subscription: '',
    resourceGroup: '',
    name: 'aks-hub',
    clientId: undefined,
    objectId: undefined,
  };
  const server = { address: 'https://argo.contoso.com/cd/', access: { kind: 'token', token: 't' } } as const;

  test.each<[string, Parameters<typeof argoUrlOf>[0], string | undefined]>([
    ['through the gateway', { view: routed, applications, server: undefined }, 'https://argocd.dev.contoso.com'],
    ['where the job reaches it', { view: routed, applications, server }, 'https://argo.contoso.com/cd'],
    ['nowhere, without a route', { view, applications, server: undefined }, undefined],
    [
      'nowhere, where the route is off',
      {
        view: { dns, releases: { ...routed.releases, routes: { ...routes, argoCd: false } } },
        applications,
        server: undefined,
      },
      undefined,
    ],
    ["nobody knows a hub's", { view: routed, applications: { ...applications, hub }, server: undefined }, undefined],
  ])('%s', (_, target, url) => expect(argoUrlOf(target)).toBe(url));
});
