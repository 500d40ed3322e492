import type { Check } from '@suite/change-report';
import { quantityNumber } from '@suite/kubernetes/compare';
import type { NotebookProfile } from '@suite/platform-file';
import { gpuToleration, poolTolerations } from '../releases/pools.ts';
import { code, finding, reason, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { nodePoolsOf } from './nodes.ts';
import { type Fit, fitOf } from './scheduling.ts';

/**
 * Pods of notebooks are in no chart: the hub makes them when somebody asks. Whether the pools take what the profiles offer is judged
 * here, and whether anybody makes GPUs known to Kubernetes.
 */
export function checkNotebooks(input: CheckInput): Check[] {
  const { jupyterHub: hub, gpu, own } = input.view.releases;
  const release = input.releases.find(one => one.release.name === 'jupyterhub')?.release;
  if (hub === undefined || release === undefined) return [];
  const stuck = hub.profiles.flatMap(profile => {
    const misfit = misfitOf(profile, input);
    return misfit === undefined ? [] : [`${code(profile.name)} (${reason(misfit)})`];
  });
  const about = { ...release, setting: `${release.setting}.profiles` };
  const wanting = hub.profiles.filter(({ gpus }) => gpus > 0);
  return [
    ...(stuck.length === 0
      ? []
      : [
          finding(about, 'profiles', {
            name: 'Every notebook fits a node',
            status: 'blocked',
            message: `No node takes a notebook of the profile ${some(stuck)}.`,
            remedy: `Ask for less in ${code('releases.jupyterhub.profiles')}, or take a larger ${code('size')} in ${code('cluster.pools')}.`,
          }),
        ]),
    ...(wanting.length === 0 || gpu !== undefined || own.length > 0
      ? []
      : [
          finding(about, 'gpu-profiles', {
            name: 'Notebooks get the GPUs that they ask for',
            status: 'warning',
            message: `Nothing tells Kubernetes of GPUs, so that notebooks of ${some(wanting.map(({ name }) => code(name)))} wait for ever.`,
            remedy: `Switch ${code('releases.gpu')} on.`,
          }),
        ]),
  ];
}

/** Why the pool that it is meant for does not take it; undefined where it does. */
function misfitOf({ cpu, memory, gpus }: NotebookProfile, { view, machines }: CheckInput): string | undefined {
  const kind = gpus > 0 ? 'ai' : 'user';
  const { user, gpu } = view.cluster.pools;
  const spec = {
    tolerations: [gpuToleration, ...poolTolerations(gpus > 0 ? gpu : user)],
    containers: [
      {
        name: 'notebook',
        resources: {
          requests: { cpu: String(cpu), memory: String(quantityNumber(memory)) },
          limits: gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {},
        },
      },
    ],
  };
  const pools = nodePoolsOf(view, machines).filter(({ labels }) => labels.get('node-type')?.includes(kind));
  if (pools.length === 0) return `there is no pool for ${gpus > 0 ? 'GPUs' : 'applications'}`;
  const misfits = pools.map(pool => fitOf(spec, pool, false)).filter((fit): fit is Fit & { fits: false } => !fit.fits);
  return misfits.length < pools.length ? undefined : misfits[0]?.why;
}
