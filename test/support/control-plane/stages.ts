/**
 * What kwok plays on every node in a kubelet's place, and beside them in the place of AKS's volume drivers: kwok's stages
 * (kwok.x-k8s.io/v1alpha1).
 *
 * A pod gets its address, runs and is ready at once; one that does not restart (`restartPolicy`) then succeeds. The annotation
 * below on a pod, from the start or later, says otherwise.
 */
export const outcomeAnnotation = 'peers.example/outcome';

/**
 * - `never-ready`: runs, and its readiness probe fails;
 * - `crash`: its containers end with 1 and are restarted, with a back-off;
 * - `fail`: its containers end with 1 for good (of a pod that does not restart);
 * - `image-pull`: its images cannot be pulled, as any image of a registry under `.invalid`, without an annotation.
 */
export type Outcome = 'never-ready' | 'crash' | 'fail' | 'image-pull';

type Requirement = readonly [key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', ...values: string[]];

interface Stage {
  readonly name: string;
  readonly kind: 'Node' | 'Pod' | 'PersistentVolume' | 'PersistentVolumeClaim';
  readonly when: readonly Requirement[];
  readonly steps: readonly object[];
}

const outcome = `.metadata.annotations["${outcomeAnnotation}"]`;
const isAlive: Requirement = ['.metadata.deletionTimestamp', 'DoesNotExist'];
const isUnfinished: Requirement = ['.status.phase', 'In', 'Pending', 'Running'];
const isReady = '.status.conditions.[]? | select(.type == "Ready") | .status';
/** Which state its containers wait in. */
const waits = '.status.containerStatuses.[]?.state.waiting.reason';
const badPattern = '^[^/]+[.]invalid(:[0-9]+)?/';
const badImage = `[.spec.containers.[].image, .spec.initContainers.[]?.image] | any(test("${badPattern}"))`;
/** Its images can be pulled. */
const isPullable: Requirement = [badImage, 'NotIn', 'true'];

const status = (template: string) => ({ patch: { subresource: 'status', root: 'status', template } });

/** Sets `$unready`, as a kubelet says it. */
const unready = `{{ $names := list }}{{ range .spec.containers }}{{ $names = append $names .name }}{{ end }}
{{ $unready := printf "containers with unready status: [%s]" (join " " $names) }}
`;

/** The conditions of a kubelet. */
function conditions(ready: 'True' | 'False', reason?: 'ContainersNotReady' | 'PodCompleted'): string {
  const message = reason === 'ContainersNotReady' ? '{{ $unready | Quote }}' : '""';
  return `${unready}conditions:
- { type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ Now | Quote }} }
- { type: Initialized, status: "True", lastTransitionTime: {{ Now | Quote }} }
${['Ready', 'ContainersReady']
  .map(
    type => `- type: ${type}
  status: "${ready}"
  lastTransitionTime: {{ Now | Quote }}
  reason: ${reason ?? '""'}
  message: ${message}
`,
  )
  .join('')}`;
}

/** Further conditions that a pod waits for, as what sets them. */
const readinessGates = `{{ range .spec.readinessGates }}
- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ Now | Quote }} }
{{ end }}
`;

/** The address that the pod gets on its node, once. */
const address = `{{ if not .status.podIP }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
{{ with PodIPsWith .spec.nodeName (or .spec.hostNetwork false) (or .metadata.uid "") (or .metadata.name "") (or .metadata.namespace "") }}
podIP: {{ index . 0 | Quote }}
podIPs:
{{ range . }}
- ip: {{ . | Quote }}
{{ end }}
{{ end }}
startTime: {{ Now | Quote }}
{{ end }}
`;

/** As containerd names what it pulled by digest; what was pulled by tag alone has no digest here. */
const imageId =
  'imageID: {{ if contains "@sha256:" .image }}{{ regexReplaceAll ":[^:/@]+@" .image "@" | Quote }}{{ else }}""{{ end }}';

const initContainers = `{{ if .spec.initContainers }}
initContainerStatuses:
{{ range .spec.initContainers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ${imageId}
  ready: true
  restartCount: 0
  {{ if eq (or .restartPolicy "") "Always" }}
  started: true
  state: { running: { startedAt: {{ Now | Quote }} } }
  {{ else }}
  started: false
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}
`;

const containers = (fields: string) => `containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ${imageId}
${fields.replace(/^/gm, '  ')}
{{ end }}
`;

const running = (ready: boolean) => `ready: ${ready}
started: true
restartCount: 0
state: { running: { startedAt: {{ Now | Quote }} } }`;

const terminated = (exitCode: 0 | 1) => `ready: false
started: false
restartCount: 0
state: { terminated: { exitCode: ${exitCode}, reason: ${exitCode === 0 ? 'Completed' : 'Error'}, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }`;

const backOff = 'back-off 5m0s restarting failed container=%s pod=%s_%s(%s)';
const crashing = `ready: false
started: false
restartCount: 5
lastState: { terminated: { exitCode: 1, reason: Error, startedAt: {{ Now | Quote }}, finishedAt: {{ Now | Quote }} } }
state: { waiting: { reason: CrashLoopBackOff, message: {{ printf "${backOff}" .name $.metadata.name $.metadata.namespace $.metadata.uid | Quote }} } }`;

const unknownImage = 'failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found';
const pullError = `{{ $error := printf "rpc error: code = NotFound desc = ${unknownImage}" $bad $bad $bad }}`;
/** The first image that cannot be pulled. */
const bad = `{{ $bad := "" }}{{ range concat (or .spec.initContainers list) .spec.containers }}{{ if and (eq $bad "") (regexMatch "${badPattern}" .image) }}{{ $bad = .image }}{{ end }}{{ end }}
{{ if eq $bad "" }}{{ $bad = (index .spec.containers 0).image }}{{ end }}
${pullError}
`;
const notPulled = `ready: false
started: false
restartCount: 0
state:
  waiting:
    reason: ImagePullBackOff
    message: {{ printf "Back-off pulling image \\"%s\\": ErrImagePull: %s" .image $error | Quote }}`;
/** The containers beside one whose image is bad run; none does while an image of an initial container is. */
const someNotPulled = `{{ $waits := false }}{{ range .spec.initContainers }}{{ if regexMatch "${badPattern}" .image }}{{ $waits = true }}{{ end }}{{ end }}
${containers(`{{ if or $waits (regexMatch "${badPattern}" .image) }}
${notPulled}
{{ else }}
${running(true)}
{{ end }}`)}`;

/** An Event that names the pod's image; kwok's own events are fixed texts. */
const event = (suffix: string, type: 'Normal' | 'Warning', reason: string, message: string) => ({
  apply: {
    template: `${bad}
apiVersion: v1
kind: Event
metadata:
  name: {{ printf "%s.%s-${suffix}" .metadata.name .metadata.uid | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
type: ${type}
reason: ${reason}
message: {{ ${message} | Quote }}
count: 1
firstTimestamp: {{ Now | Quote }}
lastTimestamp: {{ Now | Quote }}
source: { component: kubelet, host: {{ .spec.nodeName | Quote }} }
reportingComponent: kubelet
reportingInstance: {{ .spec.nodeName | Quote }}
involvedObject:
  apiVersion: v1
  kind: Pod
  name: {{ .metadata.name | Quote }}
  namespace: {{ .metadata.namespace | Quote }}
  uid: {{ .metadata.uid | Quote }}
  resourceVersion: {{ .metadata.resourceVersion | Quote }}
`,
  },
});

/** A node that was registered without a report of health gets one. */
const nodes: readonly Stage[] = [
  {
    name: 'ready',
    kind: 'Node',
    when: [isAlive, [isReady, 'NotIn', 'True']],
    steps: [
      status(`conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ Now | Quote }}
  lastTransitionTime: {{ Now | Quote }}
{{ end }}
`),
    ],
  },
];

const pods: readonly Stage[] = [
  {
    name: 'ready',
    kind: 'Pod',
    when: [isAlive, isUnfinished, isPullable, [outcome, 'DoesNotExist'], [isReady, 'NotIn', 'True']],
    steps: [
      status(
        `${conditions('True')}${readinessGates}${containers(running(true))}${initContainers}${address}phase: Running\n`,
      ),
    ],
  },
  {
    name: 'succeeded',
    kind: 'Pod',
    when: [
      isAlive,
      ['.status.phase', 'In', 'Running'],
      ['.spec.restartPolicy', 'In', 'Never', 'OnFailure'],
      [outcome, 'DoesNotExist'],
      [isReady, 'In', 'True'],
    ],
    steps: [status(`${conditions('False', 'PodCompleted')}${containers(terminated(0))}phase: Succeeded\n`)],
  },
  {
    name: 'never-ready',
    kind: 'Pod',
    when: [isAlive, isUnfinished, isPullable, [outcome, 'In', 'never-ready'], [isReady, 'NotIn', 'False']],
    steps: [
      {
        event: {
          type: 'Warning',
          reason: 'Unhealthy',
          message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
        },
      },
      status(
        `${conditions('False', 'ContainersNotReady')}${containers(running(false))}${initContainers}${address}phase: Running\n`,
      ),
    ],
  },
  {
    name: 'crashing',
    kind: 'Pod',
    when: [isAlive, isUnfinished, isPullable, [outcome, 'In', 'crash'], [waits, 'NotIn', 'CrashLoopBackOff']],
    steps: [
      event(
        'crash',
        'Warning',
        'BackOff',
        'printf "Back-off restarting failed container %s in pod %s_%s(%s)" (index .spec.containers 0).name .metadata.name .metadata.namespace .metadata.uid',
      ),
      status(
        `${conditions('False', 'ContainersNotReady')}${containers(crashing)}${initContainers}${address}phase: Running\n`,
      ),
    ],
  },
  {
    name: 'failed',
    kind: 'Pod',
    when: [isAlive, isUnfinished, isPullable, [outcome, 'In', 'fail']],
    steps: [
      status(
        `${conditions('False', 'ContainersNotReady')}${containers(terminated(1))}${initContainers}${address}phase: Failed\n`,
      ),
    ],
  },
  ...[
    { name: 'unpullable', when: [[badImage, 'In', 'true']] as const, states: someNotPulled },
    { name: 'not-pulled', when: [isPullable, [outcome, 'In', 'image-pull']] as const, states: containers(notPulled) },
  ].map(
    ({ name, when, states }): Stage => ({
      name,
      kind: 'Pod',
      when: [isAlive, ['.status.phase', 'In', 'Pending'], ...when, [waits, 'NotIn', 'ImagePullBackOff']],
      steps: [
        event('pulling', 'Normal', 'Pulling', 'printf "Pulling image \\"%s\\"" $bad'),
        event('failed', 'Warning', 'Failed', 'printf "Failed to pull image \\"%s\\": %s" $bad $error'),
        event('error', 'Warning', 'Failed', '"Error: ErrImagePull"'),
        event('back-off', 'Normal', 'BackOff', 'printf "Back-off pulling image \\"%s\\"" $bad'),
        status(`${bad}${conditions('False', 'ContainersNotReady')}${states}${address}phase: Pending\n`),
      ],
    }),
  ),
  {
    name: 'deleted',
    kind: 'Pod',
    when: [['.metadata.deletionTimestamp', 'Exists']],
    steps: [{ delete: true }],
  },
];

const provisioner = '.metadata.annotations["volume.kubernetes.io/storage-provisioner"]';
const drivers = ['disk.csi.azure.com', 'file.csi.azure.com'];

const volumes: readonly Stage[] = [
  {
    // The volume controller names the driver once a volume is due: at once, or when the pod has its node. It binds the two itself.
    name: 'provisioned',
    kind: 'PersistentVolumeClaim',
    when: [isAlive, [provisioner, 'In', ...drivers], ['.spec.volumeName', 'DoesNotExist']],
    steps: [
      {
        apply: {
          template: `apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-{{ .metadata.uid }}
  annotations:
    pv.kubernetes.io/provisioned-by: {{ index .metadata.annotations "volume.kubernetes.io/storage-provisioner" | Quote }}
spec:
  accessModes: {{ .spec.accessModes | toJson }}
  capacity: {{ .spec.resources.requests | toJson }}
  persistentVolumeReclaimPolicy: Delete
  storageClassName: {{ .spec.storageClassName | Quote }}
  volumeMode: {{ or .spec.volumeMode "Filesystem" | Quote }}
  claimRef:
    apiVersion: v1
    kind: PersistentVolumeClaim
    name: {{ .metadata.name | Quote }}
    namespace: {{ .metadata.namespace | Quote }}
    uid: {{ .metadata.uid | Quote }}
  csi:
    driver: {{ index .metadata.annotations "volume.kubernetes.io/storage-provisioner" | Quote }}
    volumeHandle: pvc-{{ .metadata.uid }}
`,
        },
      },
    ],
  },
  {
    name: 'deprovisioned',
    kind: 'PersistentVolume',
    when: [
      isAlive,
      ['.status.phase', 'In', 'Released'],
      ['.spec.persistentVolumeReclaimPolicy', 'In', 'Delete'],
      ['.spec.csi.driver', 'In', ...drivers],
    ],
    steps: [{ delete: true }],
  },
];

/** The configuration file of kwok: JSON documents, each of which is YAML too. */
export function kwokConfiguration(): string {
  const options = {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      manageAllNodes: true,
      cidr: '10.244.0.0/16',
      // Nodes stay healthy by their leases, as with a kubelet.
      nodeLeaseDurationSeconds: 40,
      nodeLeaseParallelism: 4,
      nodePlayStageParallelism: 1,
      podPlayStageParallelism: 4,
      podsOnNodeSyncParallelism: 4,
      enablePodsOnNodeSyncStreamWatch: true,
    },
  };
  const stages = [...nodes, ...pods, ...volumes].map(({ name, kind, when, steps }) => ({
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: `${kind.toLowerCase()}-${name}` },
    spec: {
      resourceRef: { apiGroup: 'v1', kind },
      selector: {
        matchExpressions: when.map(([key, operator, ...values]) =>
          values.length === 0 ? { key, operator } : { key, operator, values },
        ),
      },
      steps,
    },
  }));
  return [options, ...stages].map(document => JSON.stringify(document)).join('\n---\n');
}

/** The storage classes that every AKS cluster has and that charts name. */
export const storageClasses: readonly object[] = [
  ['default', 'disk.csi.azure.com'],
  ['managed-csi', 'disk.csi.azure.com'],
  ['managed-csi-premium', 'disk.csi.azure.com'],
  ['azurefile-csi', 'file.csi.azure.com'],
  ['azurefile-csi-premium', 'file.csi.azure.com'],
].map(([name = '', driver = '']) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name,
    annotations: name === 'default' ? { 'storageclass.kubernetes.io/is-default-class': 'true' } : {},
  },
  provisioner: driver,
  reclaimPolicy: 'Delete',
  allowVolumeExpansion: true,
  volumeBindingMode: driver.startsWith('disk') ? 'WaitForFirstConsumer' : 'Immediate',
}));
