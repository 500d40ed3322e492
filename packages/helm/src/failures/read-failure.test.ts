import { describe, expect, test } from '@jest/globals';
import { readRecording } from '../testing/recordings.ts';
import type { FailureDetail } from './failure.ts';
import { errorText, readFailure } from './read-failure.ts';

describe('what Helm 4.1.4 printed means', () => {
  test.each<readonly [recording: string, detail: FailureDetail]>([
    ['pending', { kind: 'pending' }],
    [
      'conflict',
      {
        kind: 'conflict',
        object: 'Deployment t1/s',
        conflicts: [
          { manager: 'scaler', fields: ['.spec.replicas', '.spec.template.spec.containers[name="tiny"].image'] },
        ],
      },
    ],
    ['immutable', { kind: 'immutable', object: 'Deployment s', fields: ['spec.selector'] }],
    ['immutable-client-side', { kind: 'immutable', object: 'Deployment s', fields: ['spec.selector'] }],
    [
      'invalid',
      {
        kind: 'invalid',
        object: 'Deployment s',
        reasons: [
          'spec.template.spec.containers[0].image: Required value',
          "spec.template.spec.containers[1].name: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        ],
      },
    ],
    [
      'unknown-field',
      { kind: 'invalid', object: 'Deployment t1/s', reasons: ['.spec.replicaz: field not declared in schema'] },
    ],
    ['missing-kind', { kind: 'missing-kind', objectKind: 'ServiceMonitor', apiVersion: 'monitoring.coreos.com/v1' }],
    [
      'missing-kind-install',
      { kind: 'missing-kind', objectKind: 'ServiceMonitor', apiVersion: 'monitoring.coreos.com/v1' },
    ],
    ['owned', { kind: 'not-owned', object: 'ConfigMap t1/o' }],
    ['not-in-last-revision', { kind: 'not-in-last-revision', object: 'ConfigMap app-one' }],
    [
      'webhook-missing',
      {
        kind: 'webhook-unreachable',
        webhook: 'guard.example.com',
        reason: 'Post "https://guard.t1.svc:443/check?timeout=2s": service "guard" not found',
      },
    ],
    ['policy-denied', { kind: 'policy-denied', policy: 'no-high', reason: 'level high needs an exemption' }],
    [
      'quota',
      {
        kind: 'quota',
        reason: 'exceeded quota: q, requested: configmaps=1, used: configmaps=5, limited: configmaps=2',
      },
    ],
    ['forbidden', { kind: 'forbidden', user: 'bob', verb: 'list', resource: 'secrets', namespace: 't1' }],
    [
      'forbidden-patch',
      { kind: 'forbidden', user: 'bob', verb: 'patch', resource: 'deployments.apps', namespace: 't1' },
    ],
    [
      'forbidden-cluster',
      {
        kind: 'forbidden',
        user: 'bob',
        verb: 'patch',
        resource: 'customresourcedefinitions.apiextensions.k8s.io',
      },
    ],
    [
      'unreachable',
      {
        kind: 'unreachable',
        reason: 'Get "https://127.0.0.1:1/version": dial tcp 127.0.0.1:1: connect: connection refused',
      },
    ],
    [
      'untrusted',
      {
        kind: 'untrusted',
        reason:
          'Get "https://127.0.0.1:46253/version": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      },
    ],
    ['unauthorized', { kind: 'unauthorized' }],
    ['too-large', { kind: 'release-too-large' }],
    [
      'object-too-large',
      {
        kind: 'invalid',
        object: 'ConfigMap huge',
        reasons: ['[]: Too long: may not be more than 1048576 bytes'],
      },
    ],
    [
      'hook-failed',
      {
        kind: 'hook-failed',
        event: 'pre-upgrade',
        reason: 'resource Job/t1/s-migrate not ready. status: Failed, message: Job Failed. failed: 1/1',
      },
    ],
    [
      'hook-timeout',
      {
        kind: 'hook-failed',
        event: 'pre-upgrade',
        reason:
          'resource Job/t1/s-migrate not ready. status: InProgress, message: Job in progress\ncontext deadline exceeded',
      },
    ],
    ['missing', { kind: 'release-not-found' }],
    ['missing-uninstall', { kind: 'release-not-found' }],
    ['missing-namespace', { kind: 'namespace-not-found', namespace: 'nons' }],
    ['rollback-nothing', { kind: 'revision-not-found', revision: '99' }],
    [
      'force-without-server-side',
      {
        kind: 'misuse',
        reason: 'invalid client update option(s): forceConflicts enabled when serverSideApply disabled',
      },
    ],
    ['interrupted', { kind: 'other', reason: 'context canceled' }],
    [
      'template-schema',
      {
        kind: 'values',
        violations: [
          { chart: 'tiny', path: 'replicas', reason: 'minimum: got 0, want 1' },
          { chart: 'tiny', path: 'policy.level', reason: "value must be one of 'low', 'high'" },
          { chart: 'tiny', path: '', reason: "additional properties 'typo' not allowed" },
        ],
      },
    ],
    [
      'template-required',
      { kind: 'template', template: 'tiny/templates/settings.yaml:13', reason: 'Say who owns it: set owner.' },
    ],
    [
      'template-fail',
      {
        kind: 'template',
        template: 'tiny/templates/settings.yaml:15',
        reason: '\nThe chart cannot be used like this:\n\n  set owner to a team, not to a person',
      },
    ],
    [
      'template-nil',
      {
        kind: 'template',
        template: 'tiny/templates/settings.yaml:17',
        reason: '.Values.nothing.here: nil pointer evaluating interface {}.here',
      },
    ],
    [
      'template-helper',
      {
        kind: 'template',
        template: 'tiny/templates/_h.tpl:2',
        reason: '.Values.a.b.c: nil pointer evaluating interface {}.b',
      },
    ],
    [
      'template-function',
      { kind: 'template', template: 'tiny/templates/z.yaml:1', reason: 'function "foo" not defined' },
    ],
    [
      'template-yaml',
      {
        kind: 'template',
        template: 'tiny/templates/settings.yaml',
        reason: 'it renders no valid YAML: yaml: line 12: mapping values are not allowed in this context',
      },
    ],
    [
      'pull-digest',
      {
        kind: 'digest',
        expected: `sha256:${'0'.repeat(64)}`,
        actual: 'sha256:c341fc1f6d8c51aca1cac04927b7f4b54585f04cc26e6a5f42803c3efcbea3f6',
      },
    ],
    [
      'pull-unknown',
      { kind: 'chart-not-found', reason: `ghcr.io/argoproj/argo-helm/argo-cd@sha256:${'0'.repeat(64)}: not found` },
    ],
    [
      'pull-unknown-version',
      {
        kind: 'chart-not-found',
        reason: 'chart "jupyterhub" version "1.0.0" not found in https://hub.jupyter.org/helm-chart/ repository',
      },
    ],
    ['pull-no-repository', { kind: 'chart-not-found', reason: expect.stringContaining('404 Not Found') as never }],
    ['pull-denied', { kind: 'registry-denied', reason: expect.stringContaining('status code 403: denied') as never }],
    ['pull-repository-denied', { kind: 'registry-denied', reason: expect.stringContaining('403 Forbidden') as never }],
    ['pull-unreachable', { kind: 'registry-unreachable', reason: expect.stringContaining('proxyconnect') as never }],
    [
      'pull-repository-unreachable',
      { kind: 'registry-unreachable', reason: expect.stringContaining('proxyconnect') as never },
    ],
    ['template-dependency', { kind: 'missing-dependency', dependencies: ['redis'] }],
    ['template-kube-version', { kind: 'kube-version', required: '>=1.30.0-0', actual: 'v1.20.0' }],
  ])('%s', (recording, detail) => {
    expect(readFailure(readRecording(`${recording}.txt`))).toEqual(detail);
  });
});

describe('forms that are known from the source of Kubernetes', () => {
  test.each<readonly [text: string, detail: FailureDetail]>([
    [
      'Error: UPGRADE FAILED: conflict occurred while applying object /guard admissionregistration.k8s.io/v1, Kind=ValidatingWebhookConfiguration: Apply failed with 1 conflict: conflict with "aks-enforcer" using admissionregistration.k8s.io/v1 at 2026-11-27T06:56:01Z: .webhooks[name="guard.example.com"].namespaceSelector',
      {
        kind: 'conflict',
        object: 'ValidatingWebhookConfiguration guard',
        conflicts: [{ manager: 'aks-enforcer', fields: ['.webhooks[name="guard.example.com"].namespaceSelector'] }],
      },
    ],
    [
      'Error: UPGRADE FAILED: conflict occurred while applying object a/b v1, Kind=Service: Apply failed with 3 conflicts: conflicts with "kubectl" using v1:\n- .spec.a\n- .spec.b\nconflicts with "x" with subresource "scale":\n- .spec.c',
      {
        kind: 'conflict',
        object: 'Service a/b',
        conflicts: [
          { manager: 'kubectl', fields: ['.spec.a', '.spec.b'] },
          { manager: 'x', fields: ['.spec.c'] },
        ],
      },
    ],
    [
      'Error: UPGRADE FAILED: failed to create resource: admission webhook "webhook.cert-manager.io" denied the request: spec.acme: Required value',
      { kind: 'webhook-denied', webhook: 'webhook.cert-manager.io', reason: 'spec.acme: Required value' },
    ],
    [
      'Error: pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      {
        kind: 'policy-denied',
        policy: 'PodSecurity',
        reason: 'violates PodSecurity "restricted:latest": runAsNonRoot != true',
      },
    ],
    [
      'Error: UPGRADE FAILED: cannot patch "db" with kind StatefulSet: StatefulSet.apps "db" is invalid: spec: Forbidden: updates to statefulset spec for fields other than \'replicas\', \'template\' are forbidden',
      { kind: 'immutable', object: 'StatefulSet db', fields: ['spec'] },
    ],
    [
      'Error: UPGRADE FAILED: timed out waiting for the condition',
      { kind: 'timeout', reason: 'timed out waiting for the condition' },
    ],
  ])('%s', (text, detail) => {
    expect(readFailure(text)).toEqual(detail);
  });
});

test('lines of logs are no part of the error', () => {
  expect(errorText(readRecording('quota.txt'))).toMatch(/^configmaps "q1" is forbidden: exceeded quota/);
  expect(errorText(readRecording('warn.txt'))).toBe('');
});

describe('what may pass by itself', () => {
  test.each([
    'an error on the server ("unknown") has prevented the request from succeeding (patch clusterroles.rbac.authorization.k8s.io a-6)',
    'failed to create resource: the server is currently unable to handle the request (post services)',
    'the server has received too many requests and has asked us to try again later (get secrets)',
    'failed to create: etcdserver: request timed out',
    'Get "https://a.azmk8s.io:443/api/v1/x": read tcp 10.0.0.4:1->10.0.0.5:443: read: connection reset by peer',
    'Patch "https://a.azmk8s.io:443/api/v1/x": net/http: TLS handshake timeout',
    'Patch "https://a.azmk8s.io:443/api/v1/x": EOF',
    'pre-upgrade hooks failed: Post "https://a.azmk8s.io:443/apis/batch/v1/x": http2: client connection lost',
  ])('%s', text => {
    expect(readFailure(`Error: UPGRADE FAILED: ${text}\n`)).toEqual({ kind: 'server-trouble', reason: text });
  });

  test.each([
    'failed calling webhook "a.b": failed to call webhook: Post "https://a.b.svc:443/v?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    'pre-upgrade hooks failed: job a failed: BackoffLimitExceeded',
  ])('and not %s', text => {
    expect(readFailure(`Error: UPGRADE FAILED: ${text}\n`).kind).not.toBe('server-trouble');
  });
});
