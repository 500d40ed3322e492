import { describe, expect, test } from '@jest/globals';
import { readRequest } from './inputs.ts';
import { serverOf } from './server.ts';
import { viewWith } from './view.fixture.ts';

const token = 'eyJh.eyJz.c2ln';
const address = 'https://argocd.contoso.com:8443/argo';
const read = (inputs: Readonly<Record<string, string>>, argo = '') => {
  const { applications } = viewWith(
    `{ repository: a/b, apps: [{ name: x }]${argo === '' ? '' : `, argo-cd: ${argo}`} }`,
  );
  if (applications === undefined) throw new TypeError('no applications');
  const request = readRequest(name => ({ command: 'wait', scope: 'dev', ...inputs })[name] ?? '', '/work');
  if (request.command === 'base') throw new TypeError('nobody waits');
  return serverOf(request.server, applications);
};

describe('the way to an Argo CD server', () => {
  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ['none', {}, undefined],
    ['a token', { token }, { kind: 'token', token }],
    ['Entra', { 'server-audience': 'api://argo' }, { kind: 'entra', audience: 'api://argo' }],
    [
      'Dex',
      { 'server-audience': 'argo', 'dex-connector': 'github-actions' },
      { kind: 'dex', audience: 'argo', connector: 'github-actions' },
    ],
  ])('is %s', (_, inputs, access) => {
    if (access === undefined) expect(read(inputs)).toBeUndefined();
    else expect(read({ server: address, ...inputs })).toEqual({ address, access });
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['http', { server: 'http://argocd.contoso.com', token }, 'Write it as https://'],
    ['a query', { server: 'https://argocd.contoso.com/?a=b', token }, 'Write it as https://'],
    ['nobody to be', { server: 'https://argocd.contoso.com' }, 'needs a way to sign in'],
    [
      'two to be',
      { server: 'https://argocd.contoso.com', token, 'dex-connector': 'x' },
      '`dex-connector` both say how',
    ],
    ['a password', { server: 'https://argocd.contoso.com', token: 'secret' }, 'three parts with dots'],
    ['no server', { 'server-audience': 'x' }, 'is for an Argo CD server, and none is named'],
    ['half of Dex', { server: 'https://argocd.contoso.com', 'dex-connector': 'x' }, 'is needed with `dex-connector`'],
  ])('is not %s', (_, inputs, message) => {
    expect(() => read(inputs)).toThrow(message);
  });

  const hub = `{ cluster: /subscriptions/${'4'.repeat(8)}-4444-4444-4444-${'4'.repeat(12)}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-hub }`;

  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ['all', {}, { address, access: { kind: 'dex', audience: 'argo', connector: 'github' } }],
    ['all but the way in', { token }, { address, access: { kind: 'token', token } }],
    ['all but who to be', { 'server-audience': 'other' }, { address, access: { kind: 'entra', audience: 'other' } }],
    [
      'nothing where the step names another one',
      { server: 'https://other.contoso.com', token },
      { address: 'https://other.contoso.com', access: { kind: 'token', token } },
    ],
  ])('is what the platform file says: %s', (_, inputs, expected) => {
    expect(read(inputs, `{ server: "${address}", audience: argo, dex-connector: github }`)).toEqual(expected);
  });

  test('of a platform file that says no way in is asked for one, and there is none through a hub', () => {
    expect(() => read({}, `{ server: "${address}" }`)).toThrow(
      `The Argo CD server ${address} of the platform file needs a way to sign in.`,
    );
    expect(read({}, hub)).toBeUndefined();
    expect(() => read({ server: address, token }, hub)).toThrow('has that of aks-hub deploy (a hub)');
  });

  test('a token is never told', () => {
    const told = (() => {
      try {
        return JSON.stringify(read({ server: 'https://argocd.contoso.com', token: 'hunter2' }));
      } catch (error) {
        return String(error);
      }
    })();
    expect(told).toContain('three parts with dots');
    expect(told).not.toContain('hunter2');
  });
});
