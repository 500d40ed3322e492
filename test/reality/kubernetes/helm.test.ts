import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createProcessRunner } from '@suite/action-kit';
import { asObject, CancelledError, type Clock, systemClock, UserError } from '@suite/foundation';
import {
  createHelm,
  type Helm,
  helmEnvironment,
  helmFailureOf,
  type PulledChart,
  parseManifests,
  releaseState,
  type UpgradeOptions,
} from '@suite/helm';
import { startWorld, type World } from '@suite/sandbox';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';
import { helmNeeds, helmOnPath, openHelm } from '../../support/helm.ts';

/** The product's Helm on a real control plane: the sandbox's charts install there, and each failure is known for what it is. */
const suite = hasControlPlane && helmOnPath !== undefined ? describe : describe.skip;
const tiny = join(import.meta.dirname, '../../../packages/helm/src/fixtures/tiny-chart');

suite(`${helmNeeds} on ${controlPlaneNeeds}`, () => {
  let folder: string;
  let world: World;
  let plane: RunningControlPlane;
  let helm: Helm;
  let kubeconfig: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'helm-on-kubernetes-'));
    [world, plane] = await Promise.all([startWorld({ directory: join(folder, 'world') }), startControlPlane()]);
    kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, plane.admin.kubeconfig, { mode: 0o600 });
    helm = openHelm(join(folder, 'helm'), world.networkEnvironment());
  });
  afterAll(async () => {
    await plane?.stop();
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const namespace = (name: string) => plane.api.create('/api/v1/namespaces', { metadata: { name } });
  const ref = (release: string, namespace: string) => ({ release, namespace, kubeconfig });
  const common = { serverSide: true, timeoutSeconds: 60, deadlineSeconds: 120 } as const;

  test('the four small charts install one after the other, and change nothing when they are applied again', async () => {
    const install = async (name: string, namespace: string, values: UpgradeOptions['values']) => {
      const { url, version, digest } = world.charts.find(name);
      const chart = await helm.pull({ kind: 'oci', url, version, digest });
      return helm.upgrade({ ...ref(name, namespace), ...common, chart, values, description: 'by a test' });
    };
    for (const name of ['monitoring', 'cert-manager', 'argocd']) await namespace(name);
    plane.serveWebhook({ namespace: 'cert-manager', name: 'cert-manager-webhook', review: () => ({ allowed: true }) });

    expect(await install('prometheus-operator-crds', 'monitoring', {})).toEqual({ revision: 1, warnings: [] });
    await install('cert-manager', 'cert-manager', {
      crds: { enabled: true },
      global: { leaderElection: { namespace: 'cert-manager' } },
      prometheus: { servicemonitor: { enabled: true } },
    });
    await plane.api.until('/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager-webhook', isAvailable);
    const stack = {
      crds: { enabled: false },
      prometheusOperator: { admissionWebhooks: { certManager: { enabled: true } } },
      grafana: { admin: { existingSecret: 'grafana-admin' }, persistence: { enabled: true } },
    };
    await install('kube-prometheus-stack', 'monitoring', stack);
    await install('argo-cd', 'argocd', {
      'redis-ha': { enabled: true, hardAntiAffinity: false, haproxy: { hardAntiAffinity: false } },
      server: { metrics: { enabled: true, serviceMonitor: { enabled: true } } },
    });

    const listed = await helm.list({ kubeconfig });
    expect(listed.map(({ release, status, revision }) => [release, status, revision])).toEqual([
      ['argo-cd', 'deployed', 1],
      ['cert-manager', 'deployed', 1],
      ['kube-prometheus-stack', 'deployed', 1],
      ['prometheus-operator-crds', 'deployed', 1],
    ]);
    const monitors = await plane.api.list('/apis/monitoring.coreos.com/v1/namespaces/argocd/servicemonitors');
    expect(monitors).toHaveLength(1);

    const generations = async () => {
      const deployments = await plane.api.list('/apis/apps/v1/deployments');
      return deployments.map(one => (one as { metadata: { generation: number } }).metadata.generation);
    };
    const before = await generations();
    expect(await install('kube-prometheus-stack', 'monitoring', stack)).toMatchObject({ revision: 2 });
    expect(await generations()).toEqual(before);
    expect(await helm.metadata(ref('kube-prometheus-stack', 'monitoring'))).toMatchObject({
      revision: 2,
      chart: 'kube-prometheus-stack',
      version: '88.5.3',
      applyMethod: 'server-side',
    });
  });

  describe('a release from its first install to its end', () => {
    let chart: PulledChart;
    const place = 'tiny';
    const release = () => ref('s', place);
    const state = async () => releaseState(await helm.history(release()));
    const upgrade = (values: UpgradeOptions['values'], more: Partial<UpgradeOptions> = {}) =>
      helm.upgrade({ ...release(), ...common, chart, values, ...more });
    const failureOf = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (error: unknown) => ({ error, detail: helmFailureOf(error) }),
      );
    /** An image that no kubelet can pull: the hook never ends. */
    const endless = 'registry.invalid/tiny:1';

    beforeAll(async () => {
      await namespace(place);
      chart = await helm.pull({ kind: 'folder', path: tiny });
    });

    test('before: there is none', async () => {
      expect(await state()).toEqual({ kind: 'none' });
      expect([await helm.status(release()), await helm.metadata(release())]).toEqual([undefined, undefined]);
    });

    test('installed, with its labels and description', async () => {
      const labels = { bundle: 'abc' };
      expect(await upgrade({}, { description: 'first', labels })).toEqual({ revision: 1, warnings: [] });
      expect(await helm.status(release())).toMatchObject({
        status: 'deployed',
        description: 'first',
        chart: 'tiny-1.2.3',
      });
      expect(await helm.metadata(release())).toMatchObject({ labels, applyMethod: 'server-side' });
    });

    test('a dry run leaves no trace', async () => {
      expect(await upgrade({ replicas: 2 }, { dryRun: 'server' })).toEqual({ warnings: [] });
      expect(await state()).toEqual({ kind: 'deployed', revision: 1 });
    });

    test('a field that somebody else has taken is named with its manager, and can be taken back', async () => {
      const path = `/apis/apps/v1/namespaces/${place}/deployments/s`;
      const theirs = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 's' }, spec: { replicas: 5 } };
      const { status } = await plane.api.call(
        'PATCH',
        `${path}?fieldManager=scaler&force=true`,
        theirs,
        'application/apply-patch+yaml',
      );
      expect(status).toBe(200);
      const { detail } = (await failureOf(upgrade({ replicas: 3 }))) ?? {};
      expect(detail).toEqual({
        kind: 'conflict',
        object: 'Deployment tiny/s',
        conflicts: [{ manager: 'scaler', fields: ['.spec.replicas'] }],
      });
      expect(await state()).toMatchObject({ kind: 'failed', revision: 2, good: 1 });
      expect(await upgrade({ replicas: 3 }, { forceConflicts: true })).toMatchObject({ revision: 3 });
    });

    test('what a revision is made of, whatever came after it', async () => {
      const made = async (revision: number) => {
        const { objects } = parseManifests(await helm.manifest({ ...release(), revision }));
        return objects.map(({ kind, name, object }) => [kind, name, asObject(object['spec'])['replicas']]);
      };
      expect(await made(1)).toEqual([
        ['ConfigMap', 's', undefined],
        ['Deployment', 's', 1],
      ]);
      expect(await made(3)).toContainEqual(['Deployment', 's', 3]);
      expect((await failureOf(helm.manifest({ ...release(), revision: 99 })))?.detail).toEqual({
        kind: 'release-not-found',
      });
    });

    const job = `/apis/batch/v1/namespaces/${place}/jobs/s-migrate`;
    const openAlone = (name: string, { signal = new AbortController().signal, clock = systemClock }) =>
      createHelm({
        file: 'helm',
        env: helmEnvironment({ PATH: process.env['PATH'] ?? '' }, join(folder, name)),
        folder: join(folder, name),
        processes: createProcessRunner(signal),
        clock,
        log: { info: () => {} },
      });

    test('cancelled: it is recorded as failed', async () => {
      const controller = new AbortController();
      const cancelled = openAlone('cancelled', controller);
      const running = failureOf(cancelled.upgrade({ ...release(), ...common, chart, values: { image: endless } }));
      await plane.api.until(job, found => isOf(found, endless));
      controller.abort(new CancelledError('The run was cancelled.'));
      const { error } = (await running) ?? {};
      expect(error).toBeInstanceOf(CancelledError);
      expect((error as Error).message).toMatch(/^Release s in tiny: `helm upgrade` was stopped\./);
      expect(await state()).toMatchObject({ kind: 'failed', revision: 4, good: 3 });
    });

    test('too slow: Helm is stopped at the deadline', async () => {
      // However long Helm takes to come to its hook: the deadline is when that runs.
      const before = uidOf(await plane.api.get(job));
      const clock: Clock = {
        ...systemClock,
        sleep: async (milliseconds, signal) => {
          if (milliseconds !== 3000) return systemClock.sleep(milliseconds, signal);
          await plane.api.until(job, found => uidOf(found) !== before);
        },
      };
      const slow = openAlone('slow', { clock }).upgrade({
        ...{ ...release(), ...common, chart, values: { image: endless } },
        deadlineSeconds: 3,
      });
      const { error, detail } = (await failureOf(slow)) ?? {};
      expect(error).toBeInstanceOf(UserError);
      expect(detail?.kind).toBe('timeout');
      expect(await state()).toMatchObject({ kind: 'failed', good: 3 });
    });

    test('killed: it stays pending, others are kept out, and a rollback to the last good revision repairs it', async () => {
      // What a machine leaves that is lost in the middle of an upgrade.
      const secret = `/api/v1/namespaces/${place}/secrets/sh.helm.release.v1.s.v5`;
      const { metadata, data } = (await plane.api.get(secret)) as {
        metadata: { labels: Record<string, string> };
        data: Record<string, string>;
      };
      const pending = withStatus(data['release'] ?? '', 'pending-upgrade', 'Preparing upgrade');
      const labels = { ...metadata.labels, status: 'pending-upgrade' };
      await plane.api.call('PATCH', secret, { metadata: { labels }, data: { release: pending } });

      expect(await state()).toMatchObject({ kind: 'pending-upgrade', revision: 5, good: 3 });
      expect((await failureOf(upgrade({})))?.detail).toEqual({ kind: 'pending' });
      await helm.rollback({ ...release(), ...common, revision: 3 });
      expect(await state()).toEqual({ kind: 'deployed', revision: 6 });
      expect(await upgrade({ replicas: 1 })).toMatchObject({ revision: 7 });
    });

    test('what may not be done is named with who may not do it', async () => {
      const asBob = join(folder, 'bob');
      const config = JSON.parse(plane.admin.kubeconfig);
      config.users[0].user.as = 'bob';
      await writeFile(asBob, JSON.stringify(config), { mode: 0o600 });
      const { detail } = (await failureOf(helm.history({ ...release(), kubeconfig: asBob }))) ?? {};
      expect(detail).toEqual({ kind: 'forbidden', user: 'bob', verb: 'list', resource: 'secrets', namespace: place });
    });

    test('only as many revisions are kept as wanted', async () => {
      await upgrade({ replicas: 2 }, { historyMax: 3 });
      expect(await helm.history(release())).toHaveLength(3);
    });

    test('removed, with what the chart wants to be kept', async () => {
      expect(await helm.uninstall({ ...release(), ...common })).toEqual({ kept: [{ kind: 'ConfigMap', name: 's' }] });
      expect(await state()).toEqual({ kind: 'none' });
      expect(await helm.uninstall({ ...release(), ...common })).toEqual({ kept: [] });
    });
  });
});

function isAvailable(deployment: Readonly<Record<string, unknown>>): boolean {
  const { status } = deployment as { status?: { availableReplicas?: number } };
  return (status?.availableReplicas ?? 0) > 0;
}

function uidOf({ metadata }: Readonly<Record<string, unknown>>): unknown {
  return (metadata as { uid?: unknown } | undefined)?.uid;
}

function isOf(job: Readonly<Record<string, unknown>>, image: string): boolean {
  return JSON.stringify(job).includes(image);
}

/** Helm's record of a revision is gzipped JSON in Base64, inside of the Base64 of the Secret. */
function withStatus(record: string, status: string, description: string): string {
  const packed = Buffer.from(Buffer.from(record, 'base64').toString('utf8'), 'base64');
  const release = JSON.parse(gunzipSync(packed).toString('utf8'));
  release.info = { ...release.info, status, description };
  return Buffer.from(gzipSync(JSON.stringify(release)).toString('base64')).toString('base64');
}
