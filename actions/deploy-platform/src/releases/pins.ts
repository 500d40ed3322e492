import type { ReleaseSettings } from '@suite/platform-file';
import type { ChartSource } from '../release.ts';

interface Pin {
  readonly url: string;
  readonly version: string;
  /** Of the manifest in the registry; undefined where it is not known: then the plan finds it, and binds the apply to it. */
  readonly digest: string | undefined;
}

/** The charts that the values here are written for. */
const pins = {
  'prometheus-operator-crds': {
    url: 'oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds',
    version: '31.0.1',
    digest: undefined,
  },
  'cert-manager': { url: 'oci://quay.io/jetstack/charts/cert-manager', version: 'v1.21.1', digest: undefined },
  'kube-prometheus-stack': {
    url: 'oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack',
    version: '88.5.3',
    digest: undefined,
  },
  'argo-cd': { url: 'oci://ghcr.io/argoproj/argo-helm/argo-cd', version: '10.1.1', digest: undefined },
} as const satisfies Readonly<Record<string, Pin>>;

/** The pinned chart, or the version and digest that the platform file names. */
export function pinned(name: keyof typeof pins, { version, digest }: ReleaseSettings): ChartSource {
  const pin: Pin = pins[name];
  return { kind: 'oci', url: pin.url, version: version ?? pin.version, digest: digest ?? pin.digest };
}
