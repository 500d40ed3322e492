import { isObject } from '@suite/foundation';

/**
 * In what an apply replaces as a whole (atomic lists and structs), a field that only the live object has is one that was taken
 * away, unless the server itself put it there. These are all that it puts there (Kubernetes 1.34.4,
 * `pkg/apis/<group>/v1/defaults.go`). A value that was written and is the same as the default makes no difference either.
 */
const additions: Readonly<Record<string, (value: unknown, type: string | undefined) => boolean>> = {
  // Ports of network policies.
  protocol: value => value === 'TCP',
  // Subjects and references of roles.
  apiGroup: value => value === '' || value === 'rbac.authorization.k8s.io',
  // Fields of the downward API, and volume claim templates.
  apiVersion: value => value === 'v1',
  kind: (value, type) => type === 'PersistentVolumeClaim' && value === 'PersistentVolumeClaim',
  volumeMode: value => value === 'Filesystem',
  status: (value, type) => type === 'PersistentVolumeClaim' || value === 'True',
  divisor: value => value === '0',
  // Projected tokens of service accounts.
  expirationSeconds: value => value === 3600,
  // Rules of webhooks and policies.
  scope: value => value === '*',
  matchPolicy: value => value === 'Equivalent',
  namespaceSelector: (value, type) => type === 'MatchResources' && isEmptyObject(value),
  objectSelector: (value, type) => type === 'MatchResources' && isEmptyObject(value),
  creationTimestamp: () => true,
  // Limits for containers are filled from one another.
  default: (_, type) => type === 'LimitRangeItem',
  defaultRequest: (_, type) => type === 'LimitRangeItem',
};

export function isServerAddition(field: string, value: unknown, type: string | undefined): boolean {
  return Object.hasOwn(additions, field) && additions[field]?.(value, type) === true;
}

/**
 * Fields in which an empty text or 0 counts as not set, so that the server puts its default there (the same files; `clusterIP`
 * and node ports are allocated, `serviceAccountName` is filled by admission).
 */
export const filledWhenEmpty: ReadonlySet<string> = new Set([
  'apiGroup',
  'apiVersion',
  'clusterIP',
  'concurrencyPolicy',
  'dnsPolicy',
  'externalTrafficPolicy',
  'failureThreshold',
  'healthCheckNodePort',
  'hostPort',
  'imagePullPolicy',
  'nodePort',
  'path',
  'periodSeconds',
  'persistentVolumeReclaimPolicy',
  'podManagementPolicy',
  'protocol',
  'pullPolicy',
  'restartPolicy',
  'schedulerName',
  'scheme',
  'serviceAccountName',
  'sessionAffinity',
  'successThreshold',
  'targetPort',
  'terminationMessagePath',
  'terminationMessagePolicy',
  'timeoutSeconds',
  'type',
]);

function isEmptyObject(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
