import { describe, expect, test } from '@jest/globals';
import { readRequest } from './inputs.ts';

const token = 'eyJh.eyJz.c2ln';
const read = (inputs: Readonly<Record<string, string>>) =>
  readRequest(name => ({ command: 'wait', scope: 'dev', ...inputs })[name] ?? '', '/work').server;

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
    const address = 'https://argocd.contoso.com:8443/argo';
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
