import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { KubernetesFailure, type KubernetesObject } from '@suite/kubernetes';
import { diagnose } from './diagnose.ts';
import { NotReady } from './not-ready.ts';
import type { RenderedRelease } from './render.ts';

const release = { namespace: 'a' } as RenderedRelease['release'];
const rendered: RenderedRelease = {
  release,
  chart: { path: '', name: 'c', version: '1.0.0', digest: '' },
  objects: [],
  hooks: [],
};
const began = Date.parse('2026-01-01T12:00:00Z');

const event = (name: string, lastTimestamp: string, message: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.1`, namespace: 'a' },
  involvedObject: { kind: 'Pod', name },
  reason: 'Unhealthy',
  message,
  lastTimestamp,
});
const events = [
  event('web-1', '2026-01-01T11:00:00Z', 'of an earlier apply'),
  event('web-1', '2026-01-01T12:01:00Z', 'not ready'),
  event('other', '2026-01-01T12:02:00Z', 'another'),
];
const cluster = {
  list: async ({ kind }: { readonly kind: string }) => (kind === 'Event' ? events : []),
  logs: async () => 'one\n\ntwo\n',
};
const troubled = (reason: string) =>
  new NotReady('web is not ready', {
    namespace: 'a',
    pod: { pod: 'web-1', container: 'web', reason, message: '', isLasting: true },
  });

describe('beside a failure', () => {
  test.each<[string, unknown, readonly string[], readonly string[]]>([
    [
      'a pod in trouble: its events and its log',
      troubled('CrashLoopBackOff'),
      ['web-1: Unhealthy: not ready'],
      ['one', 'two'],
    ],
    ['an image that cannot be pulled: the pod says all of it', troubled('ImagePullBackOff'), [], []],
    [
      'the API server has refused: it says why',
      new KubernetesFailure('refused', { message: 'a webhook failed' }),
      [],
      [],
    ],
    [
      'Helm has failed: what went on in the namespace since then, newest first',
      new UserError({ message: 'timed out' }),
      ['other: Unhealthy: another', 'web-1: Unhealthy: not ready'],
      [],
    ],
  ])('%s', async (_name, error, expected, log) => {
    expect(await diagnose(rendered, error, cluster, began)).toEqual({
      events: expected.map(line => `Pod a/${line}`),
      log,
    });
  });

  test('who may not look says nothing', async () => {
    const refused = { list: () => Promise.reject(new Error('no')), logs: () => Promise.reject(new Error('no')) };
    expect(await diagnose(rendered, troubled('CrashLoopBackOff'), refused, began)).toEqual({ events: [], log: [] });
  });
});
