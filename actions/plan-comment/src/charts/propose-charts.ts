import { lstat, readFile } from 'node:fs/promises';
import {
  type ChartProposal,
  type ChartProposals,
  cell,
  chartGaps,
  chartProposals,
  chartPullTitle,
  chartsHeadline,
  chartVerdict,
  codeSpan,
  endChartPull,
  link,
  parseChartProposals,
  proposedVersions,
  prose,
  readChartPullMarker,
  renderChartPull,
  table,
} from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { contentLimit } from '../body.ts';
import { lookAgain } from '../conversation.ts';
import type { Request } from '../inputs.ts';
import type { ProposedPull, Repository, Services } from '../ports.ts';
import { type Settlement, type Standing, settlePull } from './settle-pull.ts';
import { type ChartTarget, targetOf } from './target.ts';

export type ProposeRequest = Extract<Request, { command: 'update-charts' }>;

/** One pull request for each release with a newer chart: opened, changed in place, closed when it is not needed any more. */
export async function updateCharts(request: ProposeRequest, services: Services): Promise<void> {
  const { log } = services;
  const found = await readProposals(request.proposals);
  services.setOutputs({ verdict: chartVerdict(found) });
  log.info(chartsHeadline(found));
  for (const gap of chartGaps(found)) log.warning(gap);
  const repository = services.openRepository();
  try {
    await settleAll({ target: targetOf(request), found, repository, services });
  } finally {
    await repository.close();
  }
}

async function settleAll(given: Omit<Work, 'base' | 'prefix' | 'viewer'>): Promise<void> {
  const { found, repository, services } = given;
  const { context, log, summary } = services;
  const [base, viewer] = await Promise.all([repository.defaultBranch(), repository.viewer()]);
  if (context.ref !== `refs/heads/${base}`) {
    throw new UserError({
      message: `This run is of \`${context.ref}\`, and pull requests are made for \`${base}\`, from what that has.`,
      remedy: `Run the workflow on \`${base}\`.`,
    });
  }
  const work: Work = { ...given, base, viewer, prefix: `platform-charts/${found.platform}/` };
  const proposals = new Map(chartProposals(found).map(one => [one.release, one]));
  const branches = await repository.branches(work.prefix);
  const left = [...branches.keys()].map(branch => branch.slice(work.prefix.length));
  const rows: string[][] = [];
  const urls: string[] = [];
  for (const release of new Set([...proposals.keys(), ...left])) {
    const proposal = proposals.get(release);
    const { words, pull } = await lookAgain(repository, services, () => settle(release, proposal, work));
    log.info(`${release}: ${words}`);
    if (pull !== undefined) urls.push(pull.url);
    rows.push([
      cell(release),
      proposal === undefined ? '' : cell(proposedVersions(proposal)),
      pull === undefined ? '' : link(`#${pull.number}`, pull.url),
      prose(words),
    ]);
  }
  services.setOutputs({ 'pull-urls': urls.join('\n') });
  if (rows.length > 0) await summary.append([table(['Release', 'Newer', 'Pull request', ''], rows)]);
}

// What is handed over has a limit of its own; what is larger was not made by this suite.
const largest = 64 * 1024 * 1024;

async function readProposals(file: string): Promise<ChartProposals> {
  const found = await lstat(file).catch(() => undefined);
  // A link could lead anywhere on this runner.
  if (found?.isFile() !== true || found.size > largest) return parseChartProposals('');
  return parseChartProposals(await readFile(file, 'utf8'));
}

interface Work {
  readonly target: ChartTarget;
  readonly found: ChartProposals;
  readonly base: string;
  /** Whose pull requests and commits are ours. */
  readonly viewer: string;
  readonly prefix: string;
  readonly repository: Repository;
  readonly services: Services;
}

interface Settled {
  /** For the log and the summary, a clause. */
  readonly words: string;
  /** Open. */
  readonly pull?: ProposedPull | undefined;
}

async function settle(release: string, proposal: ChartProposal | undefined, work: Work): Promise<Settled> {
  const { found, repository, target, prefix } = work;
  const branch = `${prefix}${release}`;
  const { standing, head } = await observe(release, work);
  const open = standing.pulls.find(({ pull }) => pull.state === 'open')?.pull;
  const isKnown = !found.rows.some(row => row.release === release && row.problem !== undefined);
  const text =
    proposal === undefined ? undefined : renderChartPull(proposal, target.path, { limit: contentLimit, measure });
  let onBranch: Edited | undefined;
  if (proposal !== undefined && open !== undefined && head !== undefined) {
    onBranch = await edited(proposal, head, work);
    if (onBranch.problem !== undefined) return { words: onBranch.problem, pull: open };
  }
  const settlement = settlePull(
    proposal === undefined || text === undefined
      ? undefined
      : {
          title: chartPullTitle(proposal),
          versions: text.marker.versions,
          content: text.marker.content,
          isOnBranch: onBranch?.after === onBranch?.before,
          conflicts: open !== undefined && (await repository.conflicts(open.number)),
        },
    isKnown,
    standing,
  );
  return perform(settlement, { branch, head, onBranch, proposal, body: text?.body ?? '' }, work);
}

const measure = (text: string) => text.length;

/** What is needed to perform a settlement. */
interface Material {
  readonly branch: string;
  /** Its last commit. */
  readonly head: string | undefined;
  readonly onBranch: Edited | undefined;
  readonly proposal: ChartProposal | undefined;
  readonly body: string;
}

async function perform(settlement: Settlement, material: Material, work: Work): Promise<Settled> {
  const { repository, base } = work;
  const { branch, head, onBranch, proposal, body } = material;
  switch (settlement.is) {
    case 'nothing':
      return { words: 'nothing to do' };
    case 'clear':
      await repository.deleteBranch(branch);
      return { words: 'its pull request was merged; the branch is gone' };
    case 'leave':
      return {
        words: `left alone, because ${settlement.why}`,
        ...(settlement.pull?.state === 'open' ? { pull: settlement.pull } : {}),
      };
    case 'keep':
      return { words: 'as it was', pull: settlement.known.pull };
    case 'close':
      await close(settlement.known, branch, notNeeded(work), work);
      return { words: 'closed, because it is not needed any more' };
    case 'renew':
      await close(
        settlement.known,
        branch,
        `**It conflicts with ${codeSpan(base)}.** Another one takes its place.`,
        work,
      );
      return openNew(material, work);
    case 'open':
      if (settlement.isLeftOver) await repository.deleteBranch(branch);
      return openNew(material, work);
    case 'update': {
      if (proposal === undefined || head === undefined || onBranch?.after === undefined) return impossible();
      const outcome = await commit(proposal, { branch, parent: head, content: onBranch.after }, work);
      if (outcome === 'moved') {
        return { words: 'left alone, because somebody commits to its branch just now', pull: settlement.known.pull };
      }
      await repository.change(settlement.known.pull.number, { title: chartPullTitle(proposal), body });
      return { words: 'updated', pull: settlement.known.pull };
    }
    case 'describe':
      if (proposal === undefined) return impossible();
      await repository.change(settlement.known.pull.number, { title: chartPullTitle(proposal), body });
      return { words: 'described anew', pull: settlement.known.pull };
  }
}

function impossible(): never {
  throw new Error('What is settled without a proposal needs none.');
}

/** From the very commit that was looked at. */
async function openNew({ branch, proposal, body }: Material, work: Work): Promise<Settled> {
  const { repository, base, services } = work;
  if (proposal === undefined) return impossible();
  const { sha } = services.context;
  const { before, after, problem } = await edited(proposal, sha, work);
  if (problem !== undefined || after === undefined) return { words: problem ?? 'nothing to do' };
  if (after === before) return { words: 'the file has it already' };
  await repository.createBranch(branch, sha);
  try {
    if ((await commit(proposal, { branch, parent: sha, content: after }, work)) === 'moved') {
      return { words: 'left alone, because somebody commits to its branch just now' };
    }
    return { words: 'opened', pull: await repository.open({ title: chartPullTitle(proposal), body, branch, base }) };
  } catch (error) {
    // Nobody is to wonder at a branch without a pull request.
    await repository.deleteBranch(branch).catch(() => undefined);
    throw error;
  }
}

async function commit(
  proposal: ChartProposal,
  { branch, parent, content }: { readonly branch: string; readonly parent: string; readonly content: string },
  { repository, target }: Work,
): Promise<'committed' | 'moved'> {
  const { kind } = await repository.commit({
    branch,
    parent,
    headline: chartPullTitle(proposal),
    body: trailerOf(proposal.release),
    additions: [{ path: target.path, content }],
    deletions: [],
  });
  return kind;
}

/** By it, and by their author, we know our commits. */
const trailerOf = (release: string) => `Platform-Charts: ${release}`;

async function close(
  { pull, marker }: Extract<Settlement, { is: 'close' }>['known'],
  branch: string,
  note: string,
  { repository }: Work,
): Promise<void> {
  await repository.comment(pull.number, note);
  await repository.change(pull.number, { body: endChartPull(pull.body, marker), state: 'closed' });
  await repository.deleteBranch(branch);
}

function notNeeded({ services: { context }, target, base }: Work): string {
  return `**Not needed any more.** ${link(`Run ${context.runId}`, context.runUrl ?? '')} found nothing newer than what ${codeSpan(target.path)} of ${codeSpan(base)} has.`;
}

interface Edited {
  readonly before?: string;
  readonly after?: string;
  /** Why it cannot be edited. */
  readonly problem?: string;
}

/** The file of a commit, and what it is to be. */
async function edited(proposal: ChartProposal, sha: string, { repository, target }: Work): Promise<Edited> {
  const bytes = await repository.fileAt(sha, target.path);
  if (bytes === undefined) return { problem: `\`${target.path}\` is not there` };
  const before = Buffer.from(bytes).toString('utf8');
  try {
    return { before, after: target.edit(before, proposal) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: `\`${target.path}\` cannot be edited: ${error.message}` };
  }
}

async function observe(
  release: string,
  { prefix, repository, base, viewer, target }: Work,
): Promise<{ readonly standing: Standing; readonly head: string | undefined }> {
  const branch = `${prefix}${release}`;
  const [pulls, branches] = await Promise.all([repository.pullsFrom(branch), repository.branches(branch)]);
  const head = branches.get(branch);
  const known = pulls.map(pull => {
    const marker = pull.author === viewer ? readChartPullMarker(pull.body) : undefined;
    return { pull, marker: marker?.file === target.path && marker.release === release ? marker : undefined };
  });
  if (head === undefined) return { standing: { branch: 'absent', pulls: known }, head };
  const ahead = await repository.ahead(base, branch);
  const isOurs = ahead?.every(
    ({ author, message }) => author === viewer && message.split('\n').includes(trailerOf(release)),
  );
  return { standing: { branch: isOurs === true ? 'ours' : 'others', pulls: known }, head };
}
