import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessRunner, which } from '@suite/action-kit';
import { systemClock } from '@suite/foundation';
import { createHelm, helmEnvironment } from '@suite/helm';
import { createKustomize, locateKustomize } from '../kustomize.ts';
import { createRenderer, type Renderer, type RenderTools } from '../renderer.ts';

const path = { PATH: process.env['PATH'] ?? '' };
const helmOnPath = await which('helm', path);
const kustomizeOnPath = await locateKustomize(path);

/** What a test that needs them is called, so that a skipped one tells what to do. */
export const needs =
  helmOnPath !== undefined && kustomizeOnPath !== undefined
    ? 'with Helm and Kustomize'
    : 'with Helm and Kustomize (none on PATH: install Helm 4.1 or newer, and kubectl)';
export const hasTools = helmOnPath !== undefined && kustomizeOnPath !== undefined;

export interface TestTools {
  readonly tools: RenderTools;
  readonly renderer: Renderer;
  /** Command lines of the programs that ran. */
  readonly ran: readonly string[];
  remove(): Promise<void>;
}

/** The real Helm and the real Kustomize, with folders of their own. */
export async function openTools(): Promise<TestTools> {
  const folder = await mkdtemp(join(tmpdir(), 'render-'));
  const ran: string[] = [];
  const runner = createProcessRunner(new AbortController().signal);
  const processes: typeof runner = {
    run: command => {
      ran.push([command.file, ...command.args].join(' '));
      return runner.run(command);
    },
  };
  const common = { processes, clock: systemClock };
  const tools: RenderTools = {
    helm: createHelm({ ...common, file: 'helm', env: helmEnvironment(path, folder), folder, log: { info: () => {} } }),
    kustomize: createKustomize({ ...common, file: kustomizeOnPath ?? 'kubectl', cwd: folder }),
    capabilities: {
      kubeVersion: '1.34.4',
      apiVersions: ['apps/v1', 'apps/v1/Deployment'],
      isNamespaced: () => undefined,
    },
    temp: join(folder, 'temp'),
    atOnce: 2,
  };
  return {
    tools,
    renderer: createRenderer(tools),
    ran,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
