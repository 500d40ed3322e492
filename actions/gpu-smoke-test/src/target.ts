import { nearest, sentenceList, UserError } from '@suite/foundation';
import {
  type EnvironmentScope,
  type GpuPool,
  identityIn,
  loadEnvironment,
  type PoolInstance,
  placeOf,
  poolInstances,
} from '@suite/platform-file';
import type { Request } from './inputs.ts';

/** A GPU pool as Azure has it. */
export interface GpuPoolInstance extends PoolInstance {
  readonly kind: 'gpu';
  readonly pool: GpuPool;
}

/** What a command works on, and as whom. */
export interface Target {
  readonly view: EnvironmentScope;
  /** Every GPU pool of the environment. */
  readonly pools: readonly GpuPoolInstance[];
  /** Those that are tested. */
  readonly chosen: readonly GpuPoolInstance[];
  /** `name` reads on after "The": `apply identity of dev in westeurope`. */
  readonly identity: { readonly role: 'apply'; readonly name: string; readonly clientId: string };
}

/** Throws one UserError with every problem of the platform file and its lock; nothing has been called by then. */
export async function loadTarget(request: Request, workspace: string): Promise<Target> {
  const { view } = await loadEnvironment(request, workspace, 'cluster');
  const pools = poolInstances(view.cluster).filter(isGpu);
  return {
    view,
    pools,
    chosen: request.command === 'sweep' ? [] : choose(pools, request.pool, view),
    // Whoever tests makes a Job: the plan identity only reads.
    identity: identityIn(view, 'apply', request.clientId),
  };
}

function isGpu(instance: PoolInstance): instance is GpuPoolInstance {
  return instance.kind === 'gpu' && 'driver' in instance.pool;
}

function choose(
  pools: readonly GpuPoolInstance[],
  name: string | undefined,
  view: EnvironmentScope,
): readonly GpuPoolInstance[] {
  if (pools.length === 0) {
    throw new UserError({
      message: `The platform file has no GPU pool for ${placeOf(view)}, so there is nothing to test.`,
      remedy: 'Leave the test out there, or take `gpu: false` away under `cluster: pools:`.',
    });
  }
  if (name === undefined) return pools;
  const found = pools.filter(pool => pool.name === name);
  if (found.length > 0) return found;
  const names = pools.map(pool => pool.name);
  const near = nearest(name, names);
  throw new UserError({
    message: `names ${name}, which is no GPU pool of ${placeOf(view)}.`,
    location: { kind: 'input', name: 'pool' },
    remedy: near === undefined ? `There is ${sentenceList(names)}.` : `Did you mean ${near}?`,
  });
}
