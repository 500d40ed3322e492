import { createHash } from 'node:crypto';
import { digestOf, openRepository, type RegistryContent, storeManifest } from '../registry/content.ts';
import { mediaTypes } from '../registry/manifest.ts';

/** Images that our small charts name, at the places where the real ones are: `repository:tag` by registry. */
export const chartImages: Readonly<Record<string, readonly string[]>> = {
  'quay.io': [
    'argoproj/argocd:v3.4.4',
    'jetstack/cert-manager-acmesolver:v1.21.1',
    'jetstack/cert-manager-cainjector:v1.21.1',
    'jetstack/cert-manager-controller:v1.21.1',
    'jetstack/cert-manager-startupapicheck:v1.21.1',
    'jetstack/cert-manager-webhook:v1.21.1',
    'jupyterhub/configurable-http-proxy:5.2.0',
    'jupyterhub/k8s-hub:4.4.0',
    'kiwigrid/k8s-sidecar:2.10.1',
    'prometheus-operator/prometheus-config-reloader:v0.91.0',
    'prometheus-operator/prometheus-config-reloader:v0.93.1',
    'prometheus-operator/prometheus-operator:v0.93.1',
    'minio/mc:RELEASE.2024-11-21T17-21-54Z',
    'minio/minio:RELEASE.2024-12-18T13-15-44Z',
    'prometheus/alertmanager:v0.34.0',
    'prometheus/node-exporter:v1.12.1-distroless',
    'prometheus/prometheus:v3.14.0-distroless',
    'thanos/thanos:v0.42.4',
  ],
  'ghcr.io': ['dexidp/dex:v2.45.1', 'jkroepke/kube-webhook-certgen:1.8.7'],
  'mcr.microsoft.com': [
    'application-lb/images/alb-controller-bootstrap:1.12.1',
    'application-lb/images/alb-controller-crds:1.12.1',
    'application-lb/images/alb-controller:1.12.1',
  ],
  'registry.k8s.io': [
    'kube-scheduler:v1.30.14',
    'kube-state-metrics/kube-state-metrics:v2.20.0',
    'nfd/node-feature-discovery:v0.19.0',
    'pause:3.10.2',
  ],
  'registry-1.docker.io': [
    'bitnamilegacy/postgresql:17.6.0',
    'burakince/mlflow:3.15.1',
    'grafana/alloy:v1.18.1',
    'grafana/grafana:13.2.0',
    'grafana/loki:3.7.6',
    'grafana/loki-canary:3.7.6',
    'jaegertracing/jaeger:2.19.0',
    'library/busybox:1.38.0',
    'library/memcached:1.6.45-alpine',
    'nginxinc/nginx-unprivileged:1.31-alpine',
    'prom/memcached-exporter:v0.17.0',
  ],
  'nvcr.io': [
    'nvidia/cloud-native/k8s-driver-manager:v0.12.0',
    'nvidia/cloud-native/k8s-mig-manager:v0.15.0',
    'nvidia/gpu-operator:v26.7.0',
    'nvidia/k8s-device-plugin:v0.20.0',
    'nvidia/k8s/container-toolkit:v1.20.0',
    'nvidia/k8s/dcgm-exporter:4.6.0-4.8.3-distroless',
    'nvidia/k8s/dcgm-exporter:4.5.3-4.8.2-distroless',
  ],
  'ecr-public.aws.com': ['docker/library/haproxy:3.3.10-alpine', 'docker/library/redis:8.2.3-alpine'],
};

const platforms = ['amd64', 'arm64'] as const;

/** Puts an index with an image for each platform where `name` says, always with the same bytes. */
export function putImage(content: RegistryContent, name: string): void {
  const [repositoryName = '', tag] = name.split(':');
  const repository = openRepository(content, repositoryName);
  const blob = (mediaType: string, bytes: Buffer) => {
    const digest = digestOf(bytes);
    repository.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const manifest = (mediaType: string, fields: object, own?: string) => {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...fields }));
    return { mediaType, digest: storeManifest(repository, bytes, mediaType, own).digest, size: bytes.length };
  };
  const images = platforms.map(architecture => {
    const layer = createHash('shake256', { outputLength: 1000 }).update(`${name} ${architecture}`).digest();
    const image = manifest(mediaTypes.image, {
      config: blob(
        'application/vnd.oci.image.config.v1+json',
        Buffer.from(JSON.stringify({ os: 'linux', architecture })),
      ),
      layers: [blob('application/vnd.oci.image.layer.v1.tar+gzip', layer)],
    });
    return { ...image, platform: { os: 'linux', architecture } };
  });
  manifest(mediaTypes.index, { manifests: images }, tag);
}
