import { describe, expect, test } from '@jest/globals';
import { networkFailure, refusalFailure } from './failure.ts';

const attempt = {
  host: 'aks.example',
  identity: 'apply identity of dev',
  purpose: 'apply Role a/b',
  lackingRight: 'Give it the role.',
};

describe('a refusal with 403', () => {
  const refused = (message: string, reason = 'Forbidden') => {
    const { kind, problems } = refusalFailure(
      { status: 403, retryAfter: undefined, text: JSON.stringify({ message, reason }) },
      attempt,
      0,
    );
    return [kind, problems[0]?.remedy];
  };

  test.each<[string, string, string | undefined]>([
    [
      'of a verb',
      'configmaps is forbidden: User "x" cannot list resource "configmaps" in API group "" in the namespace "y"',
      'Give it the role.',
    ],
    [
      'of rights that nobody may give who has them not',
      'roles.rbac.authorization.k8s.io "b" is forbidden: user "x" (groups=["g"]) is attempting to grant RBAC permissions not currently held:\n{}',
      'Give it the role.',
    ],
    ['by admission', 'pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged', undefined],
    ['by a webhook', 'admission webhook "w" denied the request: no', undefined],
  ])('%s', (_name, message, remedy) => {
    expect(refused(message)).toEqual(['forbidden', remedy]);
  });
});

test.each<[string, object, string | undefined, string, RegExp]>([
  ['the API server', { reason: 'Unauthorized' }, undefined, 'unauthorized', /API server does not accept its token/],
  ['the API server, on the way', { reason: 'Unauthorized' }, 'a/grafana', 'unauthorized', /API server does not accept/],
  ['a service behind it', {}, 'a/grafana', 'refused', /: a\/grafana wants somebody who has signed in there\.$/],
])('401 of %s', (_who, more, behind, kind, message) => {
  const text = JSON.stringify({ message: 'Unauthorized', ...more });
  const failure = refusalFailure({ status: 401, retryAfter: undefined, text }, { ...attempt, behind }, 0);
  expect([failure.kind, failure.problems[0]?.message]).toEqual([kind, expect.stringMatching(message)]);
});

describe('a proxy in the way', () => {
  const tunnel = (more: object) =>
    Object.assign(new Error('Failed to establish tunnel'), { code: 'ERR_PROXY_TUNNEL', ...more });

  test.each<[string, Error, string, boolean]>([
    ['refuses', tunnel({ statusCode: 403 }), 'HTTP 403', false],
    ['wants to know who asks', tunnel({ statusCode: 407 }), 'HTTP 407', false],
    ['reaches nobody for the moment', tunnel({ statusCode: 502 }), 'HTTP 502', true],
    ['hangs up', tunnel({}), 'no answer', true],
  ])('that %s is named, and nobody looks for it in the cluster', (_, error, how, retry) => {
    const failure = networkFailure(error, attempt);
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain(
      `the proxy of this runner gives no way to aks.example (${how}). Have the proxy let this runner pass`,
    );
    expect(failure.retry.retry).toBe(retry);
  });
});
