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
  ['a service behind it', {}, 'a/grafana', 'refused', /: a\/grafana requires a sign-in\.$/],
])('401 of %s', (_who, more, behind, kind, message) => {
  const text = JSON.stringify({ message: 'Unauthorized', ...more });
  const failure = refusalFailure({ status: 401, retryAfter: undefined, text }, { ...attempt, behind }, 0);
  expect([failure.kind, failure.problems[0]?.message]).toEqual([kind, expect.stringMatching(message)]);
});

/** As kube-apiserver 1.34 says it. */
test.each<[string, string, object | undefined]>([
  [
    'no pod',
    'Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: Post "https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s": no endpoints available for service "cert-manager-webhook"',
    {
      name: 'webhook.cert-manager.io',
      service: { namespace: 'cert-manager', name: 'cert-manager-webhook' },
      isReached: false,
      reason: 'no endpoints available for service "cert-manager-webhook"',
    },
  ],
  [
    'a certificate of somebody else, at an address',
    'Internal error occurred: failed calling webhook "a.example": failed to call webhook: Post "https://hooks.example/review?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    {
      name: 'a.example',
      service: undefined,
      isReached: false,
      reason: 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
    },
  ],
  [
    'an error',
    'Internal error occurred: failed calling webhook "a.example": failed to call webhook: an error on the server ("no memory left") has prevented the request from succeeding',
    {
      name: 'a.example',
      service: undefined,
      isReached: true,
      reason: 'an error on the server ("no memory left") has prevented the request from succeeding',
    },
  ],
  ['no answer of a webhook', 'etcdserver: request timed out', undefined],
])('a webhook behind which there is %s', (_, message, webhook) => {
  const text = JSON.stringify({ message, reason: 'InternalError' });
  const failure = refusalFailure({ status: 500, retryAfter: undefined, text }, attempt, 0);
  expect(failure.webhook).toEqual(webhook);
  expect(failure.retry.retry).toBe(webhook === undefined);
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
