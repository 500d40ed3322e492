import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import { readRecording } from '../testing/recordings.ts';
import { HelmFailure, helmFailureOf } from './failure.ts';
import { translateFailure } from './translate.ts';

const context = {
  command: 'helm upgrade',
  subject: 'Release s in t1',
  valuePaths: ['replicas', 'type', 'policy', 'policy.level'],
};

function translate(recording: string, exit: object = {}, more: object = {}): Error {
  const stderr = recording === '' ? '' : readRecording(recording);
  return translateFailure({ exit: { code: 1, signal: null, stderr, interrupted: false, ...exit }, ...more }, context);
}

describe('what people are told', () => {
  test.each([
    [
      'pending',
      'Release s in t1: another operation on it is in progress, or was cut off and left it pending. Wait for the other one, or roll the release back to its last good revision.',
    ],
    [
      'conflict',
      'Release s in t1: Deployment t1/s has fields that somebody else manages: `.spec.replicas`, `.spec.template.spec.containers[name="tiny"].image` (by scaler). Leave these fields out of the values, or let the other one give them up.',
    ],
    [
      'immutable',
      'Release s in t1: Deployment s cannot be changed in `spec.selector`: it is fixed when the object is created. Keep the former value, or delete the object, so that it is created anew.',
    ],
    [
      'forbidden-patch',
      'Release s in t1: bob may not `patch` deployments.apps in the namespace t1. Give it a role with this verb; on a cluster with Azure RBAC that is a role assignment of the cluster, for an apply `Azure Kubernetes Service RBAC Cluster Admin`.',
    ],
    [
      'webhook-missing',
      'Release s in t1: the admission webhook guard.example.com does not answer: Post "https://guard.t1.svc:443/check?timeout=2s": service "guard" not found. See that its pods are ready and that the API server may reach them.',
    ],
    [
      'missing-kind',
      'Release s in t1: the cluster knows no ServiceMonitor of monitoring.coreos.com/v1. Install the release that brings its CustomResourceDefinition first.',
    ],
    [
      'template-schema',
      [
        'Release s in t1: the schema of tiny rejects `replicas`: minimum: got 0, want 1.',
        "Release s in t1: the schema of tiny rejects `policy.level`: value must be one of 'low', 'high'.",
        'Release s in t1: tiny has no value `typo`. Did you mean `type`?',
      ].join('\n'),
    ],
    [
      'template-fail',
      'Release s in t1: the chart refuses these values in tiny/templates/settings.yaml:15: The chart cannot be used like this: set owner to a team, not to a person.',
    ],
    ['template-kube-version', 'Release s in t1: the chart wants Kubernetes >=1.30.0-0, and the cluster has v1.20.0.'],
    [
      'unauthorized',
      'Release s in t1: the API server does not accept the token. Run it again; a token lives about an hour.',
    ],
  ])('%s', (recording, message) => {
    const error = translate(`${recording}.txt`);
    expect(error).toBeInstanceOf(UserError);
    expect(error.message).toBe(message);
  });

  test('every recorded failure becomes one or more sentences without a line break or a name of a Go file', () => {
    for (const name of [
      'invalid',
      'owned',
      'quota',
      'policy-denied',
      'too-large',
      'hook-timeout',
      'template-helper',
      'untrusted',
    ]) {
      const { message } = translate(`${name}.txt`);
      expect(message).toMatch(/^Release s in t1: .*[.]$/);
      expect(message).not.toMatch(/\n|\.go:|level=/);
    }
  });

  test('text from outside is harmless and bounded', () => {
    const error = translateFailure(
      {
        exit: {
          code: 1,
          signal: null,
          stderr: `Error: UPGRADE FAILED: \u001b[31m${'x'.repeat(9000)}\n::error::y`,
          interrupted: false,
        },
      },
      context,
    );
    expect(error.message.length).toBeLessThan(2000);
    for (const part of ['\n', '\u001b', '\n::error::']) expect(error.message).not.toContain(part);
  });
});

describe('what code is told', () => {
  test('the kind, and all that Helm printed', () => {
    const error = translate('conflict.txt');
    expect(helmFailureOf(error)?.kind).toBe('conflict');
    expect((error.cause as HelmFailure).text).toBe(readRecording('conflict.txt'));
    expect(error.cause).toBeInstanceOf(HelmFailure);
  });

  test('another error has none', () => {
    expect(helmFailureOf(new Error('x'))).toBeUndefined();
    expect(helmFailureOf(undefined)).toBeUndefined();
  });

  test('a wrong call is a defect of ours', () => {
    const error = translate('force-without-server-side.txt');
    expect(error).not.toBeInstanceOf(UserError);
    expect(helmFailureOf(error)?.kind).toBe('misuse');
  });
});

describe('stopped', () => {
  test('by a cancellation', () => {
    const error = translate('interrupted.txt', { interrupted: true }, { leaves: 'It is recorded as failed.' });
    expect(error).toBeInstanceOf(CancelledError);
    expect(error.message).toBe('Release s in t1: `helm upgrade` was stopped. It is recorded as failed.');
  });

  test('by a cancellation, and something else was wrong', () => {
    expect(translate('webhook-missing.txt', { interrupted: true }).message).toMatch(
      /^Release s in t1: `helm upgrade` was stopped\. .*guard\.example\.com does not answer/,
    );
  });

  test('for being too slow', () => {
    const error = translate('interrupted.txt', { interrupted: true }, { stoppedAfter: 60 });
    expect(error).toBeInstanceOf(UserError);
    expect(helmFailureOf(error)?.kind).toBe('timeout');
    expect(error.message).toContain('it was stopped after 60 s');
  });

  test('killed without a word', () => {
    const error = translate('', { code: null, signal: 'SIGKILL' });
    expect(error.message).toBe('Release s in t1: `helm upgrade` failed: it was killed (SIGKILL) and said nothing.');
  });
});
