import { createProcessRunner, which } from '@suite/action-kit';
import { systemClock } from '@suite/foundation';
import { createHelm, type Helm, helmEnvironment } from '@suite/helm';

/** Put there by scripts/helm.ts where the machine has none. */
export const helmOnPath = await which('helm', { PATH: process.env['PATH'] ?? '' });

/** What a test that needs it is called, so that a skipped one tells what to do. */
export const helmNeeds = helmOnPath === undefined ? 'Helm (none on PATH: install Helm 4.1 or newer)' : 'Helm';

/** The product's Helm with folders of its own, in the network of `env`. */
export function openHelm(folder: string, env: Readonly<Record<string, string>> = {}): Helm {
  return createHelm({
    file: 'helm',
    env: helmEnvironment({ PATH: process.env['PATH'] ?? '', ...env }, folder),
    folder,
    processes: createProcessRunner(new AbortController().signal),
    clock: systemClock,
    log: { info: () => {} },
  });
}
