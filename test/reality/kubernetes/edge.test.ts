import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import { reportOf, succeeded } from '../../support/bundle.ts';
import {
  changesBetween,
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  snapshotOf,
} from '../../support/control-plane.ts';
import { playAlbController } from '../../support/played-alb.ts';
import { announced, openRealPlatform, type RealPlatform } from '../../support/real-platform.ts';

/**
 * The way in from the Internet and the ground on a real control plane: the real kinds of Gateway API judge our Gateway and routes, and
 * the real scheduler finds room. Each test goes on from the one before it.
 */
const suite = hasControlPlane ? describe : describe.skip;

suite(`the edge on the real API server (${controlPlaneNeeds})`, () => {
  let real: RealPlatform;
  let control: RunningControlPlane;

  beforeAll(async () => {
    const releases =
      '{ kube-prometheus-stack: false, routes: true, namespaces: { quotas: { argocd: { pods: 40 } } }, network-policies: true, storage-classes: true }';
    real = await openRealPlatform({ releases, machine: 'edge' });
    control = real.control;
    playAlbController(control);
  }, 240_000);
  afterAll(() => real?.close());

  const plan = () => real.plan();

  test('what was planned is created, nothing else, and all of it is ready', async () => {
    const report = await plan();
    expect(report.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    const before = await snapshotOf(control.api, 'helm');
    succeeded(await real.apply(report));
    const after = await snapshotOf(control.api, 'helm');
    expect(changesBetween(before, after)).toEqual(announced(report));
  }, 240_000);

  test('then nothing is to do: what the API server fills in is no difference', async () => {
    const report = await plan();
    expect([report.verdict, announced(report)]).toEqual(['no-changes', []]);
    const gateway = await control.api.get('/apis/gateway.networking.k8s.io/v1/namespaces/gateway/gateways/platform');
    expect(asObject(gateway['spec'])).toMatchObject({
      gatewayClassName: 'azure-alb-external',
      listeners: [{ name: 'http' }, { name: 'https', hostname: '*.dev.platform.contoso.com' }],
    });
  }, 120_000);

  test('an interface that cannot be asked from here is unknown, and not healthy', async () => {
    const report = await reportOf(succeeded(await real.run({ command: 'verify' })));
    expect(report.checks.filter(({ id }) => id.startsWith('release/routes/')).map(({ status }) => status)).toEqual([
      'unknown',
    ]);
  }, 120_000);

  test('a load balancer beside the gateway is refused by the quota', async () => {
    const { status, body } = await control.api.call('POST', '/api/v1/namespaces/argocd/services', {
      metadata: { name: 'second-way-in' },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }], selector: { app: 'x' } },
    });
    expect(status).toBe(403);
    expect(asObject(body)['message']).toMatch(/exceeded quota: platform.*services\.loadbalancers/);
  }, 60_000);

  test('kinds stay when everything is switched off, and the gateway goes', async () => {
    await real.sandbox.edit('platform.yaml', text =>
      text.replace(/^ {4}releases: .*$/m, '    releases: { kube-prometheus-stack: false }'),
    );
    const report = await plan();
    const gone = report.changes.filter(({ kind }) => kind === 'delete').map(({ title }) => title);
    expect(gone).toContain('Gateway gateway/platform');
    expect(gone.filter(title => title.startsWith('CustomResourceDefinition'))).toEqual([]);
  }, 120_000);
});
