import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { imagesOf, renderedImages } from './rendered-images.ts';

const object = (apiVersion: string, kind: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'one' },
  spec,
});
const part = (image: string) => ({ repository: 'nvcr.io/nvidia', image, version: '1' });
const deployment = (spec: object) => object('apps/v1', 'Deployment', { template: { spec } });

test.each<readonly [string, KubernetesObject, readonly string[]]>([
  [
    'containers of all kinds',
    deployment({
      containers: [{ image: 'a:1' }],
      initContainers: [{ image: 'b:1' }],
      ephemeralContainers: [{ image: 'c:1' }],
    }),
    ['b:1', 'a:1', 'c:1'],
  ],
  [
    'arguments',
    deployment({
      containers: [
        {
          image: 'a:1',
          args: [
            '--acme-http01-solver-image=quay.io/b:1',
            '--prometheus-config-reloader=quay.io/c:1',
            '--prometheus-default-base-image=quay.io/d',
            '--web.listen-address=:10250',
          ],
        },
      ],
    }),
    ['a:1', 'quay.io/b:1', 'quay.io/c:1'],
  ],
  [
    'a Prometheus with what stands beside it',
    object('monitoring.coreos.com/v1', 'Prometheus', {
      image: 'a:1',
      thanos: { image: 'b:1' },
      containers: [{ name: 'proxy', image: 'c:1' }, { name: 'prometheus' }],
    }),
    ['a:1', 'b:1', 'c:1'],
  ],
  [
    'what the GPU operator runs, as far as it does',
    object('nvidia.com/v1', 'ClusterPolicy', {
      driver: { enabled: true, ...part('driver'), manager: part('k8s-driver-manager') },
      toolkit: { enabled: false, ...part('container-toolkit') },
      devicePlugin: { enabled: true, ...part('k8s-device-plugin') },
      gfd: { enabled: true, ...part('k8s-device-plugin') },
      validator: { ...part('gpu-operator'), version: `sha256:${'a'.repeat(64)}` },
      // As somebody writes who has it whole somewhere else.
      dcgmExporter: { enabled: true, image: 'dcgm-exporter' },
      vfioManager: { enabled: true, ...part('vfio-manager') },
    }),
    [
      `nvcr.io/nvidia/gpu-operator@sha256:${'a'.repeat(64)}`,
      'nvcr.io/nvidia/k8s-driver-manager:1',
      'nvcr.io/nvidia/k8s-device-plugin:1',
    ],
  ],
  ['an object without any', object('v1', 'Service', { ports: [] }), []],
])('%s', (_, given, expected) => {
  expect(imagesOf([given])).toEqual(expected);
});

test('hooks run, tests do not', () => {
  const hook = (image: string, ...events: readonly string[]) => ({
    object: object('batch/v1', 'Job', { template: { spec: { containers: [{ image }] } } }),
    events,
  });
  const hooks = [hook('a:1', 'post-install'), hook('b:1', 'test'), hook('c:1', 'pre-upgrade', 'test')];
  expect(renderedImages({ objects: [], hooks })).toEqual(['a:1', 'c:1']);
});
