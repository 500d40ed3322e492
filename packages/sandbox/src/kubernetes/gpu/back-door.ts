import type { Fields, KubeObject } from '../objects.ts';
import type { Machines } from './machines.ts';
import { gpuResource } from './pods.ts';
import type { GpuScripts, GpuState } from './states.ts';

export interface GpuView {
  /** Lets a GPU pool, or all of them, play a state from now on. The returned function makes it healthy again. */
  script(scene: { readonly state: GpuState; readonly pool?: string }): () => void;
}

const namespace = 'jupyterhub';

/** What the view needs of the cluster's back door. */
export interface GpuStage {
  readonly scripts: GpuScripts;
  readonly machines: Machines;
  put(object: Pick<KubeObject, 'apiVersion' | 'kind'> & Readonly<Fields>): unknown;
  remove(resource: string, namespace: string | undefined, name: string): void;
  lookAgain(): void;
}

export function createGpuView({ scripts, machines, put, remove, lookAgain }: GpuStage): GpuView {
  const play = (state: GpuState, pool: string | undefined) => {
    if (pool === undefined) scripts.setAll(state);
    else scripts.set(pool, state);
    lookAgain();
  };
  const poolsNamed = (name: string | undefined) =>
    machines.pools().filter(pool => pool.gpus > 0 && (name === undefined || pool.name === name));
  /** A notebook for each GPU that the pool may ever have. */
  const notebooks = (pool: string | undefined) =>
    poolsNamed(pool).flatMap(one =>
      Array.from({ length: one.max * one.gpus }, (_, index) => ({ name: `jupyter-${one.name}-${index}`, pool: one })),
    );

  return {
    script: ({ state, pool }) => {
      if (pool !== undefined && poolsNamed(pool).length === 0) {
        throw new Error(`The sandbox's cluster has no GPU pool ${pool}.`);
      }
      play(state, pool);
      const held = state === 'busy' ? notebooks(pool) : [];
      if (held.length > 0) put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      for (const { name, pool: one } of held) {
        put({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name, namespace, labels: { app: 'jupyterhub', component: 'singleuser-server' } },
          spec: {
            nodeSelector: { agentpool: one.name },
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'notebook',
                image: 'quay.io/jupyter/pytorch-notebook:cuda12-latest',
                resources: { limits: { [gpuResource]: 1 } },
              },
            ],
          },
        });
      }
      return () => {
        play('healthy', pool);
        for (const { name } of held) remove('pods', namespace, name);
      };
    },
  };
}
