import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cell, escapeText, link, table } from '@suite/change-report';
import { pathInside, UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import { attestationFile } from './attestation/attestation-file.ts';
import { decodeBundle } from './bundle.ts';
import { inUtc } from './conditions.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { demandOwnBundle } from './read-bundle.ts';
import { findNamed } from './rollback/find.ts';
import { openShelves, readHistory, readTarget } from './rollback/history.ts';
import { findScope } from './scope.ts';

/**
 * Finds a bundle that an environment has verified, and writes it, with its attestation, so that it is promoted further. What the next
 * environments ask of it is their gates' matter.
 */
export async function findBundle(request: Extract<Request, { command: 'find' }>, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { name, regions } = findScope(resolveAll(platform, lock), request.scope);
  if (regions[0].kind === 'shared') {
    throw new UserError({
      message: 'is `shared`, which keeps no bundles.',
      location: { kind: 'input', name: 'scope' },
      remedy: 'Name the environment that has verified it.',
    });
  }
  const shelves = await openShelves(regions, services);
  const target = await findNamed(
    request.to,
    await readHistory(name, shelves, request.limit, services),
    shelves,
    services,
  );
  const bytes = await readTarget(target, shelves);
  const path = pathInside(context.workspace, request.platformFile);
  const own = { ...context, sha: target.commit };
  demandOwnBundle(decodeBundle(bytes), platform, path, own, 'Choose a bundle of this platform file.');
  await mkdir(dirname(request.bundle), { recursive: true });
  await writeFile(request.bundle, bytes);
  const attestations = await Promise.all(shelves.map(({ shelf }) => shelf?.attestation(target.bundle)));
  const attestation = attestations.find(text => text !== undefined);
  if (attestation !== undefined) await writeFile(attestationFile(request.bundle), attestation);
  setOutputs({ digest: target.bundle, bundle: request.bundle, commit: target.commit });
  const { recordedAt, run } = target.last;
  await summary.append([
    `### The bundle of ${cell(target.commit.slice(0, 7))} goes on from ${escapeText(name)}`,
    table(
      ['', ''],
      [
        ['Bundle', cell(target.bundle)],
        ['Commit', cell(target.commit)],
        [
          `Verified in ${escapeText(name)}`,
          `${escapeText(inUtc(Date.parse(recordedAt)))}, ${link(`run ${run.id}`, run.url)}`,
        ],
        ['Attestation', attestation === undefined ? 'none' : 'beside it'],
        ['Started by', cell(context.actor)],
      ],
    ),
  ]);
  log.info(`${target.bundle} of ${target.commit} goes on from ${name}.`);
}
