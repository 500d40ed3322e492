import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { argoCdNeeds, hasArgoCd, type RunningArgoCd, startArgoCd } from '../../support/argocd.ts';
import { type RunningControlPlane, startControlPlane } from '../../support/control-plane.ts';

/** What other tests rely on: the real Argo CD on a real control plane, with a Git repository of its own. */
let control: RunningControlPlane;
let argo: RunningArgoCd;

const digest = `sha256:${'1'.repeat(64)}`;
const deployment = (image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`;
const statusOf = (application: JsonObject) => asObject(application['status']);
const operationOf = (application: JsonObject) => asObject(statusOf(application)['operationState']);
const versionOf = (application: JsonObject) => asObject(application['metadata'])['resourceVersion'];

(hasArgoCd ? describe : describe.skip)(argoCdNeeds, () => {
  beforeAll(async () => {
    control = await startControlPlane();
    argo = await startArgoCd(control);
  });
  afterAll(async () => {
    await argo?.stop();
    await control?.stop();
  });

  test('a guarded merge patch syncs an Application, and its pods run the digest', async () => {
    const revision = await argo.repository.commit({ 'web/web.yaml': deployment(`registry.example/web@${digest}`) });
    await argo.application('web');
    const found = await argo.until('web', one => statusOf(one)['reconciledAt'] !== undefined);
    expect(asObject(statusOf(found)['sync'])).toMatchObject({ status: 'OutOfSync', revision });
    const operation = {
      initiatedBy: { username: 'gha:contoso/platform' },
      sync: { revision, syncStrategy: { hook: {} }, syncOptions: ['CreateNamespace=true'] },
    };
    const stale = await argo.patch('web', { metadata: { resourceVersion: '1' }, operation });
    expect(stale.status).toBe(409);
    const patched = await argo.patch('web', {
      metadata: {
        resourceVersion: versionOf(await argo.get('web')),
        annotations: { 'argocd.argoproj.io/refresh': 'hard' },
      },
      operation,
    });
    expect(patched.status).toBe(200);
    const synced = await argo.until('web', one => {
      const { sync, health } = statusOf(one);
      return (
        operationOf(one)['phase'] === 'Succeeded' &&
        asObject(sync)['status'] === 'Synced' &&
        asObject(health)['status'] === 'Healthy'
      );
    });
    expect(asObject(operationOf(synced)['syncResult'])).toMatchObject({ revision });
    expect(synced['operation']).toBeUndefined();
    const pods = await control.api.list('/api/v1/namespaces/web/pods');
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(asObject(asObject(pod)['status'])['containerStatuses']).toMatchObject([
        { imageID: `registry.example/web@${digest}` },
      ]);
    }
  });
});
