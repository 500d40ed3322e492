import type { Check, GitOpsBase } from '@suite/change-report';
import { count, mapInParallel, sentenceList, shorten, term } from '@suite/foundation';
import { commitsOfPage, type GitOps, type LoggedCommit } from '@suite/github';
import { isDelivery } from './deliver/index.ts';

export interface BundledBranch {
  /** Where the bundle found the branch; undefined without a bundle, or with one of before that was part of it. */
  readonly base: GitOpsBase | undefined;
  /** Where it is now. */
  readonly head: string;
  /** Of the applications, in the repository. */
  readonly paths: readonly string[];
  /** What addresses of this repository's runs begin with. */
  readonly runs: string;
  /** `https://github.com` */
  readonly serverUrl: string;
}

type History = Pick<GitOps, 'repository' | 'range' | 'log'>;

const id = 'gitops/since-bundle';
const name = 'What others have changed since the bundle was made';
/** Each is asked for twice. */
const mostFolders = 5;
const foldersAtOnce = 3;
const mostNamed = 10;
const subjectLength = 100;
const nameLength = 50;

/**
 * What others have committed to the folders of these applications since the bundle was made: the bundle holds nothing of it, and it runs
 * with the bundle. Commits that say they deliver for a run of this repository do not count. Blocks nothing.
 */
export async function sinceBundle(
  { base, head, paths, runs, serverUrl }: BundledBranch,
  gitops: History,
): Promise<readonly Check[]> {
  if (base === undefined || paths.length === 0) return [];
  const { repository } = gitops;
  const start = `\`${base.commit.slice(0, 7)}\``;
  const folders = foldersOf(paths);
  const where = `${sentenceList(folders.map(folder => (folder === '' ? 'any folder' : `\`${folder}\``)))} of ${repository}`;
  const untouched: Check = {
    id,
    name,
    status: 'passed',
    message: `Nobody else has changed ${where} since ${start}, where the bundle found ${base.branch}.`,
  };
  if (base.commit === head) return [untouched];
  const { relation, commits, total } = await gitops.range(base.commit, head);
  if (relation !== 'ahead') {
    return [
      {
        id,
        name,
        status: 'warning',
        message: `${start}, where the bundle found ${base.branch} of ${repository}, is not in that branch any more: somebody has rewritten its history (force push). What others have changed since cannot be told.`,
        remedy: 'Look at the folders themselves before this is approved, and protect the branch from force pushes.',
      },
    ];
  }
  const isForeign = ({ message }: LoggedCommit) => !isDelivery(message, runs);
  if (commits.length === total && !commits.some(isForeign)) return [untouched];
  const { foreign, isAll } = await foreignIn(folders, base.commit, head, gitops, isForeign);
  if (foreign.length === 0) return [untouched];
  const shown = foreign.slice(0, mostNamed);
  const more = foreign.length - shown.length;
  return [
    {
      id,
      name,
      status: 'warning',
      message: `${isAll ? '' : 'At least '}${count(foreign.length, 'commit')} of others ${foreign.length === 1 ? 'has' : 'have'} changed ${where} since ${start}, where the bundle found ${base.branch}: ${shown.map(describe).join('; ')}${more === 0 ? '' : `; and ${more} more`}.`,
      remedy: `The bundle has none of it, and it runs with the bundle: see \`${serverUrl}/${repository}/compare/${base.commit.slice(0, 12)}...${head.slice(0, 12)}\`.`,
    },
  ];
}

/** The newest first. A commit that the base has already came before the bundle. */
async function foreignIn(
  folders: readonly string[],
  base: string,
  head: string,
  gitops: History,
  isForeign: (commit: LoggedCommit) => boolean,
): Promise<{ readonly foreign: readonly LoggedCommit[]; readonly isAll: boolean }> {
  const found = await mapInParallel(folders, foldersAtOnce, async folder => {
    const [now, then] = await Promise.all([gitops.log(head, folder), gitops.log(base, folder)]);
    const before = new Set(then.map(({ sha }) => sha));
    const since = now.filter(({ sha }) => !before.has(sha));
    return { since, isAll: since.length < commitsOfPage };
  });
  const foreign = new Map(found.flatMap(({ since }) => since.filter(isForeign)).map(one => [one.sha, one]));
  return {
    foreign: [...foreign.values()].toSorted((one, other) => (one.at < other.at ? 1 : -1)),
    isAll: found.every(one => one.isAll),
  };
}

/** All of it may come from outside. */
function describe({ sha, message, author }: LoggedCommit): string {
  const plain = (text: string) => term(text).replaceAll('`', "'");
  const [subject = ''] = message.trimStart().split('\n');
  return `\`${sha.slice(0, 7)}\` ${shorten(plain(subject), subjectLength)} (${shorten(plain(author), nameLength)})`;
}

/** The folders of all, each once; where there are many, the folders above them. Empty for the whole repository. */
export function foldersOf(paths: readonly string[]): readonly string[] {
  const split = paths.map(path => path.split('/'));
  for (let depth = Math.max(...split.map(({ length }) => length)); depth > 0; depth--) {
    const cut = new Set(split.map(parts => parts.slice(0, depth).join('/')));
    const outer = [...cut].filter(folder => ![...cut].some(other => folder.startsWith(`${other}/`)));
    if (outer.length <= mostFolders) return outer.sort();
  }
  return [''];
}
