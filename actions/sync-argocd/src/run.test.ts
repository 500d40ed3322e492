import { describe, expect, test } from '@jest/globals';
import { readContext } from '@suite/action-kit';
import type { Request } from './inputs.ts';
import { argoUrlOf, syncPlanOf } from './run.ts';
import type { Target } from './target.ts';
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

describe('the mark of an operation', () => {
  const view = viewWith('{ repository: contoso/gitops, apps: [{ name: web }] }');
  const { applications } = view;
  if (applications === undefined) throw new TypeError('no applications');
  const markOf = (env: Readonly<Record<string, string>>) => {
    const context = readContext({ GITHUB_RUN_ID: '4711', GITHUB_JOB: 'apply', ...env }, { cwd: '/', temp: '/' });
    const target = { view, applications, chosen: [], server: undefined } as unknown as Target;
    const request = { command: 'verify', timeoutMs: 1 } as unknown as Request;
    return syncPlanOf(request, target, { context, serverUrl: '' }, { images: [], charts: [] }, undefined).mark.id;
  };

  test('is that of a step in an attempt: two steps of a job have two, and so has one that is run again', () => {
    expect(markOf({ GITHUB_ACTION: 'sync', GITHUB_RUN_ATTEMPT: '1' })).toBe('4711/1/apply/sync');
    expect(markOf({ GITHUB_ACTION: '__contoso_sync', GITHUB_RUN_ATTEMPT: '1' })).toBe('4711/1/apply/__contoso_sync');
    expect(markOf({ GITHUB_ACTION: 'sync', GITHUB_RUN_ATTEMPT: '2' })).toBe('4711/2/apply/sync');
  });
});
