import type { Cluster } from '../cluster.ts';
import type { Failure } from '../controllers/kubelet-ends.ts';
import { at, type KubeObject, objects } from '../objects.ts';
import { placeOfPod } from './pods.ts';

/** What keeps the containers of a pod with GPUs from starting. */
export interface GpuObstacle {
  readonly reason: 'ContainerCreating' | 'CreateContainerError' | 'ImagePullBackOff';
  /** Undefined where the kubelet tells it in events alone. */
  readonly message: string | undefined;
  readonly events: readonly (readonly [reason: string, message: string])[];
}

const hook = (words: string) =>
  `OCI runtime create failed: runc create failed: unable to start container process: error during container init: error running prestart hook #0: exit status 1, stdout: , stderr: Auto-detected mode as 'legacy'\nnvidia-container-cli: initialization error: ${words}: unknown`;

export function gpuObstacle(cluster: Cluster, pod: KubeObject): GpuObstacle | undefined {
  const place = placeOfPod(cluster, pod);
  if (place === undefined || place.gpus === 0) return undefined;
  const { uid } = pod.metadata;
  if (place.state === 'sandbox-error') {
    const why = `failed to start sandbox ${JSON.stringify(uid)}: failed to create containerd task: failed to create shim task: ${hook('nvml error: driver not loaded')}`;
    const message = `Failed to create pod sandbox: rpc error: code = Unknown desc = ${why}`;
    return { reason: 'ContainerCreating', message: undefined, events: [['FailedCreatePodSandBox', message]] };
  }
  if (place.state === 'cdi-error') {
    const message = `failed to generate container spec: failed to apply OCI options: failed to inject CDI devices: unresolvable CDI devices nvidia.com/gpu=0`;
    return { reason: 'CreateContainerError', message, events: [['Failed', `Error: ${message}`]] };
  }
  if (place.state !== 'unpullable') return undefined;
  const image = String(objects(at(pod, 'spec')['containers'])[0]?.['image']);
  const why = `failed to pull and unpack image ${JSON.stringify(image)}: failed to resolve reference ${JSON.stringify(image)}: failed to do request: Head ${JSON.stringify(`https://${image.split('/')[0]}/v2/`)}: dial tcp: i/o timeout`;
  const quoted = JSON.stringify(image);
  return {
    reason: 'ImagePullBackOff',
    message: `Back-off pulling image ${quoted}: ErrImagePull: ${why}`,
    events: [
      ['Failed', `Failed to pull image ${quoted}: ${why}`],
      ['Failed', 'Error: ErrImagePull'],
      ['BackOff', `Back-off pulling image ${quoted}`],
      ['Failed', 'Error: ImagePullBackOff'],
    ],
  };
}

/** A container whose start fails has ended with 128, as containerd's kubelets tell it. */
export function startFailure(cluster: Cluster, pod: KubeObject): Failure | undefined {
  const place = placeOfPod(cluster, pod);
  if (place?.state !== 'driver-mismatch' || place.gpus === 0) return undefined;
  const message = `failed to create containerd task: failed to create shim task: ${hook('nvml error: driver/library version mismatch')}`;
  return { exitCode: 128, reason: 'StartError', message };
}
