import type { Check } from '@suite/change-report';
import { code, finding, named, some } from './finding.ts';
import { type CheckInput, madeBy, minorOf } from './input.ts';

/**
 * Minor of Kubernetes that no longer serves a version: `APILifecycleRemoved` in k8s.io/api 0.36.1
 * (`zz_generated.prerelease-lifecycle.go`), and for what has no such function or is gone from there the Deprecated API Migration
 * Guide. `*`: every kind of the version.
 */
const removed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'admissionregistration.k8s.io/v1alpha1': {
    MutatingAdmissionPolicy: 38,
    MutatingAdmissionPolicyBinding: 38,
    ValidatingAdmissionPolicy: 32,
    ValidatingAdmissionPolicyBinding: 32,
  },
  'admissionregistration.k8s.io/v1beta1': {
    MutatingWebhookConfiguration: 22,
    ValidatingAdmissionPolicy: 34,
    ValidatingAdmissionPolicyBinding: 34,
    ValidatingWebhookConfiguration: 22,
  },
  'apiextensions.k8s.io/v1beta1': { '*': 22 },
  'apiregistration.k8s.io/v1beta1': { '*': 22 },
  'apps/v1beta1': { '*': 16 },
  'apps/v1beta2': { '*': 16 },
  'authentication.k8s.io/v1beta1': { TokenReview: 22 },
  'authorization.k8s.io/v1beta1': { '*': 22 },
  'autoscaling/v2beta1': { '*': 25 },
  'autoscaling/v2beta2': { '*': 26 },
  'batch/v1beta1': { '*': 25 },
  'certificates.k8s.io/v1alpha1': { ClusterTrustBundle: 37 },
  'certificates.k8s.io/v1beta1': { CertificateSigningRequest: 22 },
  'coordination.k8s.io/v1beta1': { Lease: 22 },
  'discovery.k8s.io/v1beta1': { '*': 25 },
  'events.k8s.io/v1beta1': { '*': 25 },
  'extensions/v1beta1': {
    DaemonSet: 16,
    Deployment: 16,
    Ingress: 22,
    NetworkPolicy: 16,
    PodSecurityPolicy: 16,
    ReplicaSet: 16,
  },
  'flowcontrol.apiserver.k8s.io/v1beta1': { '*': 26 },
  'flowcontrol.apiserver.k8s.io/v1beta2': { '*': 29 },
  'flowcontrol.apiserver.k8s.io/v1beta3': { '*': 32 },
  'networking.k8s.io/v1beta1': { IPAddress: 37, Ingress: 22, IngressClass: 22, ServiceCIDR: 37 },
  'node.k8s.io/v1beta1': { '*': 25 },
  'policy/v1beta1': { '*': 25 },
  'rbac.authorization.k8s.io/v1alpha1': { '*': 23 },
  'rbac.authorization.k8s.io/v1beta1': { '*': 22 },
  'scheduling.k8s.io/v1alpha1': { PriorityClass: 23 },
  'scheduling.k8s.io/v1beta1': { '*': 22 },
  'storage.k8s.io/v1alpha1': { CSIStorageCapacity: 24, VolumeAttachment: 24, VolumeAttributesClass: 35 },
  'storage.k8s.io/v1beta1': {
    CSIDriver: 22,
    CSINode: 22,
    CSIStorageCapacity: 27,
    StorageClass: 22,
    VolumeAttachment: 22,
    VolumeAttributesClass: 37,
  },
};

/** Objects in API versions that the cluster no longer serves, or that the next minor will not. */
export function checkApiVersions({ releases, kubernetesVersion }: CheckInput): Check[] {
  const minor = minorOf(kubernetesVersion);
  if (minor === undefined) return [];
  return releases.flatMap(checked => {
    const { release } = checked;
    const dated = madeBy(checked).flatMap(object => {
      const since = removedIn(object.apiVersion, object.kind);
      return since === undefined
        ? []
        : [{ since, text: `${named(object)} (${code(object.apiVersion)}, until 1.${since - 1})` }];
    });
    const gone = dated.filter(({ since }) => since <= minor).map(({ text }) => text);
    const soon = dated.filter(({ since }) => since === minor + 1).map(({ text }) => text);
    const remedy = `Use a newer version of the chart, or change it in ${code(`${release.setting}.values`)}.`;
    return [
      ...(gone.length === 0
        ? []
        : [
            finding(release, 'api-versions', {
              name: 'The cluster serves every API version',
              status: 'blocked',
              message: `Kubernetes 1.${minor} does not serve the API version of ${some(gone)}.`,
              remedy,
            }),
          ]),
      ...(soon.length === 0
        ? []
        : [
            finding(release, 'api-versions-next', {
              name: 'The next Kubernetes serves every API version',
              status: 'warning',
              message: `Kubernetes 1.${minor + 1} will not serve the API version of ${some(soon)}.`,
              remedy,
            }),
          ]),
    ];
  });
}

/** The minor that no longer serves it; undefined when none is known. */
function removedIn(apiVersion: string, kind: string): number | undefined {
  const kinds = Object.hasOwn(removed, apiVersion) ? removed[apiVersion] : undefined;
  if (kinds === undefined) return undefined;
  return Object.hasOwn(kinds, kind) ? kinds[kind] : kinds['*'];
}
