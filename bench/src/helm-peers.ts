import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BenchRelease } from './helm-charts.ts';

const run = promisify(execFile);

/** The same releases by the programs that people use for it, straight on the API server. Each rejects with what the program printed. */
export interface Peers {
  /** Whether the plug-in is there without which helmfile cannot say what it would change. */
  readonly canDiff: boolean;
  /** `helmfile diff`: what it printed. */
  diff(): Promise<string>;
  /** `helmfile template`: renders, and asks no cluster. */
  template(): Promise<string>;
  /** `helmfile apply`: what differs, after a diff. */
  apply(): Promise<string>;
  /** `helmfile sync`: every release. `isWaiting`: each level once the one before it is ready. */
  sync(isWaiting: boolean): Promise<string>;
  /** `helm upgrade --install`, one release after the other: the seconds of each, by name. */
  loop(): Promise<ReadonlyMap<string, number>>;
  /** Takes away what any of all has installed. */
  uninstall(): Promise<void>;
}

export interface PeerOptions {
  readonly helmfile: string;
  readonly kubeconfig: string;
  readonly charts: string;
  /** For what they need; emptied by nobody. */
  readonly folder: string;
  /** In an order in which each comes after what it needs. */
  readonly releases: readonly BenchRelease[];
}

/** Writes what helmfile and Helm read. */
export async function openPeers({ helmfile, kubeconfig, charts, folder, releases }: PeerOptions): Promise<Peers> {
  await mkdir(join(folder, 'values'), { recursive: true });
  const file = (name: string) => join(folder, name);
  await writeFile(file('kubeconfig'), kubeconfig, { mode: 0o600 });
  for (const isWaiting of [false, true]) {
    for (const release of releases) {
      await writeFile(file(valuesOf(release, isWaiting)), JSON.stringify(helmValues(release, isWaiting)));
    }
    await writeFile(file(stateOf(isWaiting)), helmfileState(releases, charts, isWaiting));
  }
  const plugins = process.env['HELM_PLUGINS'] ?? file('plugins');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    KUBECONFIG: file('kubeconfig'),
    HELM_PLUGINS: plugins,
  };
  const call = async (program: string, args: readonly string[]) => {
    const { stdout } = await run(program, args, { cwd: folder, env, maxBuffer: 64 << 20 });
    return stdout;
  };
  const state = (isWaiting: boolean, command: string) =>
    // Without it every local chart is packed first, which none of these needs.
    call(helmfile, ['--file', stateOf(isWaiting), command, '--skip-deps']);
  return {
    canDiff: ['diff', 'helm-diff'].some(name => existsSync(join(plugins, name, 'plugin.yaml'))),
    diff: () => state(false, 'diff'),
    template: () => state(false, 'template'),
    apply: () => state(false, 'apply'),
    sync: isWaiting => state(isWaiting, 'sync'),
    loop: async () => {
      const seconds = new Map<string, number>();
      for (const release of releases) {
        const { name } = release;
        const to = ['--namespace', name, '--create-namespace', '--values', valuesOf(release, false)];
        const began = performance.now();
        await call('helm', ['upgrade', '--install', name, join(charts, name), ...to]);
        seconds.set(name, (performance.now() - began) / 1000);
      }
      return seconds;
    },
    uninstall: async () => {
      // What brings kinds goes last: with a kind go all objects of it.
      for (const release of releases.toReversed()) {
        await call('helm', ['uninstall', release.name, '--namespace', release.name, '--ignore-not-found']);
      }
    },
  };
}

/** What a release's chart is given beside its own values. */
export function helmValues({ readySeconds }: BenchRelease, isWaiting: boolean): Readonly<Record<string, number>> {
  return isWaiting ? { readyAfter: readySeconds * 1000 } : {};
}

const valuesOf = ({ name }: BenchRelease, isWaiting: boolean) =>
  join('values', `${name}${isWaiting ? '-waiting' : ''}.json`);
const stateOf = (isWaiting: boolean) => `helmfile${isWaiting ? '-waiting' : ''}.yaml`;

/** Lines of JSON, because helmfile looks for its keys at the beginning of lines. */
function helmfileState(releases: readonly BenchRelease[], charts: string, isWaiting: boolean): string {
  const listed = releases.map(release => ({
    name: release.name,
    namespace: release.name,
    chart: join(charts, release.name),
    needs: release.needs.map(need => `${need}/${need}`),
    values: [valuesOf(release, isWaiting)],
  }));
  const defaults = { createNamespace: true, wait: isWaiting };
  return `helmDefaults: ${JSON.stringify(defaults)}\nreleases: ${JSON.stringify(listed)}\n`;
}
