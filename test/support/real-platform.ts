import type { ChangeReport } from '@suite/change-report';
import { type BundleWorld, openBundleWorld, type RunOptions, reportOf, succeeded } from './bundle.ts';
import { attachControlPlane } from './control-plane/behind-azure.ts';
import { type ControlPlaneNode, type RunningControlPlane, startControlPlane } from './control-plane.ts';
import { type PlayedPlatform, playPlatform } from './played-platform.ts';

export type Planned = ChangeReport & { readonly releases: string };

/** `deploy-platform` as it ships, to be run against the real control plane of an environment. */
export interface RealPlatform {
  readonly sandbox: BundleWorld;
  readonly control: RunningControlPlane;
  readonly platform: PlayedPlatform;
  run(inputs: Readonly<Record<string, string>>, options?: RunOptions): ReturnType<BundleWorld['run']>;
  plan(): Promise<Planned>;
  /** With what the plan said. */
  apply(planned: Planned, options?: RunOptions): ReturnType<BundleWorld['run']>;
  /** Ends the control plane. */
  close(): Promise<void>;
}

export interface RealPlatformOptions {
  /** What the file says under `releases:` of dev, in one line. */
  readonly releases: string;
  /** Name of the runner's machine. */
  readonly machine: string;
  /** `smallPlatform` when left out. */
  readonly nodes?: readonly ControlPlaneNode[];
  /** Before the infrastructure is made. */
  readonly prepare?: (sandbox: BundleWorld) => Promise<void>;
}

/** In a world of its own, whose one cluster is dev's. */
export async function openRealPlatform(options: RealPlatformOptions): Promise<RealPlatform> {
  const { releases, machine, nodes, prepare } = options;
  const starting = startControlPlane({ nodes });
  const sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/( {2}dev:\n)/, `$1    releases: ${releases}\n`),
  });
  sandbox.world.settings.operationMs = 0;
  await prepare?.(sandbox);
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const control = await starting;
  await attachControlPlane(sandbox.world, control);
  const platform = realPlatform({ sandbox, control, scope: 'dev', machine });
  return {
    ...platform,
    close: async () => {
      await sandbox.close();
      await platform.close();
    },
  };
}

/** Of an environment whose cluster the control plane is attached to. */
export function realPlatform(place: {
  readonly sandbox: BundleWorld;
  readonly control: RunningControlPlane;
  readonly scope: string;
  /** Name of the runner's machine. */
  readonly machine: string;
}): RealPlatform {
  const { sandbox, control, scope, machine } = place;
  const run: RealPlatform['run'] = (inputs, options = {}) =>
    sandbox.run({ scope, ...inputs }, { action: 'deploy-platform', machine, ...options });
  return {
    sandbox,
    control,
    platform: playPlatform(control),
    run,
    plan: async () => {
      const result = succeeded(await run({ command: 'plan' }));
      return { ...(await reportOf(result)), releases: result.outputs['releases'] ?? '' };
    },
    apply: ({ digest = '', releases: reviewed }, options) =>
      run({ command: 'apply', 'expected-digest': digest, 'expected-releases': reviewed }, options),
    close: () => control.stop(),
  };
}

/** What a plan says will be done: `update Deployment argocd/argocd-server`, sorted. */
export function announced({ changes }: ChangeReport): string[] {
  return changes.map(({ kind, title }) => `${kind} ${title}`).sort();
}
