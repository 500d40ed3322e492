import { existsSync } from 'node:fs';
import { putHelmOnPath } from '../../scripts/helm.ts';
import { findPeer } from '../../scripts/peer-list.ts';
import { hasControlPlane } from '../../test/support/control-plane.ts';
import { benchReleases, configOf, criticalSeconds } from './helm-charts.ts';
import { openPeers, type Peers } from './helm-peers.ts';
import { type HelmSamples, helmMeasurement, type Step } from './helm-report.ts';
import { type HelmWorld, openHelmWorld } from './helm-world.ts';
import { type Measurement, median } from './measurement.ts';

/**
 * Plan, first apply and apply without a change of twelve charts on a real API server: `deploy-platform` as it ships, from the start of
 * its process to its end behind the sandbox's network, beside helmfile and a loop of Helm that reach the API server directly. Then
 * the first apply where pods take seconds to be ready. Throws an Error that says what to build when a program is missing.
 */
export async function measureHelm(rounds = 5): Promise<Measurement> {
  const { path: helmfile } = findPeer('helmfile');
  if (!existsSync(helmfile) || !hasControlPlane) {
    throw new Error('helmfile or the control plane is missing: npx pnpm@12 build-peers, and build-peers helmfile.');
  }
  await putHelmOnPath(process.env);
  const releases = benchReleases;
  const world = await openHelmWorld(releases);
  try {
    const { charts, folder, control } = world;
    const peers = await openPeers({ helmfile, kubeconfig: control.admin.kubeconfig, charts, folder, releases });
    const seconds = new Map<Step, number[]>();
    /** What each release takes when nothing else runs, by round. */
    const alone: ReadonlyMap<string, number>[] = [];
    const rewritten = { ours: [] as number[], helmfile: [] as number[] };
    const timed = async <T>(step: Step, act: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const result = await act();
      seconds.set(step, [...(seconds.get(step) ?? []), (performance.now() - began) / 1000]);
      return result;
    };
    // The first apply gives whoever plans the right to read the cluster.
    await world.apply(await world.plan());
    for (let round = 0; round < rounds; round++) {
      await clear(world, peers);
      alone.push(await timed('loop, first', peers.loop));
      await clear(world, peers);
      await timed('helmfile template', peers.template);
      await timed('helmfile sync, first', () => peers.sync(false));
      if (peers.canDiff) await timed('helmfile diff, again', peers.diff);
      if (peers.canDiff) await timed('helmfile apply, again', peers.apply);
      rewritten.helmfile.push(await written(world, () => timed('helmfile sync, again', () => peers.sync(false))));
      await clear(world, peers);
      const first = await timed('ours plan, first', world.plan);
      await timed('ours apply, first', () => world.apply(first));
      const settled = await timed('ours plan, again', world.plan);
      if (settled.changes.length > 0) throw new Error(`Nothing was to differ: ${settled.changes.join(', ')}`);
      rewritten.ours.push(await written(world, () => timed('ours apply, again', () => world.apply(settled))));
    }
    const drift = await findDrift(world, peers);
    await world.setWaiting(true);
    for (let round = 0; round < rounds; round++) {
      await clear(world, peers);
      await timed('helmfile sync, waiting', () => peers.sync(true));
      await clear(world, peers);
      const planned = await world.plan();
      await timed('ours apply, waiting', () => world.apply(planned));
    }
    const critical = criticalSeconds(releases, name => median(alone.map(round => round.get(name) ?? 0)));
    return helmMeasurement({ seconds, written: rewritten, drift }, critical);
  } finally {
    await world.close();
  }
}

async function clear(world: HelmWorld, peers: Peers): Promise<void> {
  await peers.uninstall();
  await world.settle();
}

/** How many of the Secrets in which Helm keeps its releases are others afterwards. */
async function written(world: HelmWorld, act: () => Promise<unknown>): Promise<number> {
  const before = new Set(await world.releaseSecrets());
  await act();
  return (await world.releaseSecrets()).filter(secret => !before.has(secret)).length;
}

/** How many fields that somebody changed by hand each of them shows. Everything is installed. */
async function findDrift(world: HelmWorld, peers: Peers): Promise<HelmSamples['drift']> {
  const changed = benchReleases.filter(({ size }) => (size.configs ?? 0) > 0);
  for (const release of changed) {
    await world.control.api.call('PATCH', configOf(release), { data: { level: 'changed by hand' } });
  }
  const { changes } = await world.plan();
  const shown = (text: string) => changed.filter(({ name }) => text.includes(`${name}-config-0`)).length;
  return {
    made: changed.length,
    ours: shown(changes.join('\n')),
    ...(peers.canDiff ? { helmfile: shown(await peers.diff()) } : {}),
  };
}
