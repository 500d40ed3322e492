import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeText, problemSections, prose, table } from '@suite/change-report';
import { count, UserError } from '@suite/foundation';
import { engineOf, loadPlatform, resolveUnlocked } from '@suite/platform-file';
import { engines } from '@suite/terraform';
import type { LockRequest } from './inputs.ts';
import type { Services } from './ports.ts';
import { distinctSources, type NamedSources } from './sources/distinct-sources.ts';
import { lockName, shownLock } from './sources/sources.ts';

/**
 * Writes the checksums of all providers into `.terraform.lock.hcl`: beside the platform file, and in each folder of a team's own Terraform.
 * Signs in nowhere and commits nothing. What is locked already stays at its version.
 */
export async function lockProviders({ platformFile, platforms, from }: LockRequest, services: Services): Promise<void> {
  const { context, log, summary } = services;
  try {
    const platform = await loadPlatform(platformFile, context.workspace);
    const all = await distinctSources(resolveUnlocked(platform), platform, context.workspace);
    const engine = engineOf(platform);
    const locker = await services.openLocker(engine);
    const files: string[] = [];
    const rows: string[][] = [];
    for (const [folder, ones] of Map.groupBy(all, ({ sources }) => sources.folder)) {
      const file = join(folder, lockName);
      const before = await readLock(ones);
      let locked = before;
      for (const { name, root, sources } of ones) {
        const known = locked;
        locked = await log.group(`${engines[engine].command} providers lock (${name})`, () =>
          locker.lock(root, sources, known, platforms, from),
        );
      }
      if (locked === undefined || ones[0] === undefined) continue;
      await writeFile(file, locked);
      files.push(file);
      rows.push([escapeText(shownLock(ones[0].sources)), locked === before ? 'as it was' : 'written']);
    }
    const sentence = `Locked the providers of ${count(all.length, 'configuration')} for ${platforms.join(', ')}`;
    await summary.append([
      `### ${prose(sentence)}`,
      'Commit these files: plan and apply then take no other package.',
      table(['File', ''], rows),
    ]);
    services.setOutputs({ 'lock-file': files.join('\n') });
    log.info(`${sentence}. Commit what is different.`);
  } catch (error) {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  }
}

async function readLock([first]: readonly NamedSources[]): Promise<string | undefined> {
  const file = first?.sources.lockFile;
  return file === undefined ? undefined : readFile(file, 'utf8');
}
