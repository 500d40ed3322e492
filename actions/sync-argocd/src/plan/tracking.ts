import { asObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';

/** How Argo CD marks what is its own (`application.resourceTrackingMethod`). Annotations are the default since 3.0. */
export interface Tracking {
  readonly method: 'annotation' | 'label' | 'annotation+label';
  /** `app.kubernetes.io/instance` by default. */
  readonly labelKey: string;
}

export const defaultTracking: Tracking = { method: 'annotation', labelKey: 'app.kubernetes.io/instance' };

const marks = [
  'argocd.argoproj.io/tracking-id',
  'argocd.argoproj.io/installation-id',
  'argocd.argoproj.io/refresh',
  'argocd.argoproj.io/refresh-timestamp',
  'kubectl.kubernetes.io/last-applied-configuration',
];

/**
 * An object without what Argo CD and kubectl write on it for themselves. The tracking label is taken off as well where Argo CD sets
 * it; where it does not, one that a chart renders is a label like others (argo-cd 3.6 util/argo/resource_tracking.go).
 */
export function withoutMarks(object: KubernetesObject, { method, labelKey }: Tracking): KubernetesObject {
  const { annotations, labels, ...metadata } = object.metadata;
  const notes = without(annotations, marks);
  const left = method === 'annotation' ? labels : without(labels, [labelKey]);
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(notes === undefined ? {} : { annotations: notes }),
      ...(left === undefined ? {} : { labels: left }),
    },
  };
}

/** The live object likewise; a label of earlier tracking that is not rendered is none of anybody's wishes. */
export function liveWithoutMarks(
  live: KubernetesObject,
  rendered: KubernetesObject | undefined,
  tracking: Tracking,
): KubernetesObject {
  const isRendered = Object.hasOwn(asObject(rendered?.metadata.labels), tracking.labelKey);
  return withoutMarks(live, isRendered ? tracking : { ...tracking, method: 'label' });
}

function without(
  map: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (map === undefined || map === null) return undefined;
  return Object.fromEntries(Object.entries(map).filter(([name]) => !names.includes(name)));
}
