import { writeFile } from 'node:fs/promises';
import { cell, escapeText, gitOpsTitle, link, table } from '@suite/change-report';
import { pathInside, UserError } from '@suite/foundation';
import { frozenAt, loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { decodeBundle } from '../bundle.ts';
import { describeFrozen, inUtc } from '../conditions.ts';
import type { Request } from '../inputs.ts';
import type { Services } from '../ports.ts';
import { demandOwnBundle } from '../read-bundle.ts';
import { findScope } from '../scope.ts';
import {
  type Candidate,
  chooseEarlier,
  demandAnother,
  demandRunning,
  type History,
  shortCommit,
} from './candidates.ts';
import { describeHeld } from './conditions.ts';
import { findNamed } from './find.ts';
import { openShelves, readHistory, readTarget } from './history.ts';
import type { Rollback } from './rollback.ts';

type ChooseRequest = Extract<Request, { command: 'choose' }>;

/**
 * Finds the bundle that an environment goes back to, among those that its own registries prove to have been verified there, and writes it.
 * Works with the platform file of the run's own commit: whose registry is asked is nothing that an old commit decides.
 */
export async function choose(request: ChooseRequest, services: Services): Promise<void> {
  const { context, log, summary, setOutputs } = services;
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, context.workspace);
  const { name, regions } = findScope(resolveAll(platform, lock), request.scope);
  const [own] = regions;
  if (own.kind === 'shared') {
    throw new UserError({
      message: 'is `shared`, which every environment uses: it does not go back for one of them.',
      location: { kind: 'input', name: 'scope' },
      remedy: 'Revert on main, and promote that.',
    });
  }
  const notAsked = demandOpen(name, own.gate, await services.now());
  const shelves = await openShelves(regions, services);
  const history = await readHistory(name, shelves, request.limit, services);
  demandRunning(history);
  const target =
    request.to === undefined ? chooseEarlier(history) : await findNamed(request.to, history, shelves, services);
  demandAnother(history, target.bundle);
  const bytes = await readTarget(target, shelves);
  const path = pathInside(context.workspace, request.platformFile);
  demandOwnBundle(
    decodeBundle(bytes),
    platform,
    path,
    { ...context, sha: target.commit },
    `Choose a bundle of this platform file.`,
  );
  const rollback: Rollback = {
    environment: name,
    reason: request.reason,
    from: history.running.flatMap(({ region, record }) =>
      record === undefined ? [] : [{ region, bundle: record.bundle, commit: record.commit }],
    ),
    notAsked,
  };
  await writeFile(request.bundle, bytes);
  setOutputs({
    digest: target.bundle,
    bundle: request.bundle,
    commit: target.commit,
    rollback: JSON.stringify(rollback),
  });
  await summary.append(describe(history, target, rollback, context.actor));
  for (const message of notAsked) log.warning(`Not asked of a way back: ${message}`);
  log.info(`${name} goes back to ${target.commit}, bundle ${target.bundle}.`);
}

/** A hold is a person's word, and stands. What else is closed to newcomers is said, and kept in the record. */
function demandOpen(
  environment: string,
  { hold, freezes }: Extract<ScopeView, { kind: 'environment' }>['gate'],
  now: number,
): readonly string[] {
  if (hold !== undefined) throw new UserError(describeHeld(environment, hold));
  const frozen = frozenAt(freezes, now);
  return frozen === undefined ? [] : [describeFrozen(environment, frozen.freeze)];
}

function describe({ environment, running }: History, target: Candidate, rollback: Rollback, actor: string): string[] {
  const rows = [
    ...running.map(({ region, record }) => [
      `Runs in ${escapeText(region)}`,
      record === undefined
        ? 'nothing that was recorded'
        : `${cell(shortCommit(record.commit))} since ${escapeText(inUtc(Date.parse(record.recordedAt)))}`,
    ]),
    ['Goes back to', cell(target.commit)],
    ['Bundle', cell(target.bundle)],
    ...(target.last.gitops === undefined ? [] : [['Applications were at', cell(gitOpsTitle(target.last.gitops))]]),
    [
      'Verified there',
      `${escapeText(inUtc(Date.parse(target.last.recordedAt)))}, ${link(`run ${target.last.run.id}`, target.last.run.url)}`,
    ],
    ['Why', escapeText(rollback.reason)],
    ['Started by', cell(actor)],
  ];
  return [
    `### ${escapeText(environment)} goes back to ${cell(shortCommit(target.commit))}`,
    table(['', ''], rows),
    ...(target.left === undefined
      ? []
      : [
          `**Once before, on ${escapeText(inUtc(Date.parse(target.left.recordedAt)))}, it went back from this very bundle:** ${escapeText(target.left.rollback?.reason ?? '')}`,
        ]),
    ...(rollback.notAsked.length === 0
      ? []
      : [
          `**A promotion would be kept out now:**\n\n${rollback.notAsked.map(message => `- ${escapeText(message)}`).join('\n')}`,
        ]),
  ];
}
