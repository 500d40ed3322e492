import type { KubernetesObject } from '@suite/kubernetes';
import { releaseOf } from './checks/checks.fixture.ts';
import type { RenderedRelease } from './render.ts';

export function objectOf(kind: string, name: string, more: Readonly<Record<string, unknown>> = {}): KubernetesObject {
  const apiVersion = { Deployment: 'apps/v1', Rule: 'guard.example/v1' }[kind] ?? 'v1';
  return { apiVersion, kind, metadata: { name, namespace: 'guard' }, ...more };
}

/** A release with a webhook that guards its own rules, and what answers for it. */
export function guardRelease(name: string, failurePolicy = 'Fail', needs: readonly string[] = []): RenderedRelease {
  const labels = { app: 'guard' };
  const rules = [
    { apiGroups: ['guard.example'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['rules'] },
  ];
  const objects: readonly KubernetesObject[] = [
    objectOf('Service', 'guard', { spec: { selector: labels } }),
    objectOf('Deployment', 'guard', { spec: { replicas: 1, template: { metadata: { labels } } } }),
    objectOf('Deployment', 'beside', { spec: { template: { metadata: { labels: { app: 'beside' } } } } }),
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'guard' },
      webhooks: [
        {
          name: 'rules.guard.example',
          clientConfig: { service: { namespace: 'guard', name: 'guard' } },
          failurePolicy,
          rules,
        },
      ],
    },
    objectOf('Rule', 'one'),
  ];
  return {
    release: releaseOf({ name, needs, setting: `releases.${name}` }),
    chart: { path: '', name, version: '1.0.0', digest: '' },
    objects: objects.map(object => ({ object, keep: false })),
    hooks: [],
  };
}
