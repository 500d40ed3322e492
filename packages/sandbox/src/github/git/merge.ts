import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withIndex } from './commit.ts';
import type { Git } from './git.ts';

/**
 * The tree of a three-way merge, or undefined when it conflicts. By `read-tree` and `merge-file`, which every git of
 * the last ten years has (`merge-tree --write-tree` needs 2.38); like them it follows no renames.
 */
export function mergeTrees(git: Git, base: string, ours: string, theirs: string): Promise<string | undefined> {
  return withIndex(git, async env => {
    await git.run(['read-tree', '-i', '-m', '--aggressive', base, ours, theirs], { env });
    const lines: string[] = [];
    for (const [name, stages] of await unmerged(git, env)) {
      const blob = await mergeFile(git, stages);
      if (blob === undefined) return undefined;
      lines.push(`0 ${'0'.repeat(40)}\t${name}\0`, `${stages[1]?.mode ?? '100644'} ${blob}\t${name}\0`);
    }
    if (lines.length > 0) await git.run(['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return git.run(['write-tree'], { env });
  });
}

interface Stage {
  readonly mode: string;
  readonly blob: string;
}

/** Base, ours, theirs: a missing one is undefined. */
type Stages = [Stage | undefined, Stage | undefined, Stage | undefined];

async function unmerged(git: Git, env: Readonly<Record<string, string>>): Promise<Map<string, Stages>> {
  const files = new Map<string, Stages>();
  for (const line of (await git.run(['ls-files', '-u', '-z'], { env })).split('\0').filter(Boolean)) {
    const match = /^(\d{6}) ([0-9a-f]+) ([123])\t(.+)$/s.exec(line);
    if (match === null) throw new Error(`git ls-files said something unexpected: ${line}`);
    const [, mode = '', blob = '', stage = '', name = ''] = match;
    const stages = files.get(name) ?? [undefined, undefined, undefined];
    stages[Number(stage) - 1] = { mode, blob };
    files.set(name, stages);
  }
  return files;
}

async function mergeFile(git: Git, [base, ours, theirs]: Stages): Promise<string | undefined> {
  // A file added twice, or removed on one side and changed on the other: a person has to decide.
  if (base === undefined || ours === undefined || theirs === undefined) return undefined;
  const folder = await mkdtemp(path.join(tmpdir(), 'merge-'));
  try {
    const write = async (name: string, { blob }: Stage) => {
      await writeFile(path.join(folder, name), await git.bytes(['cat-file', 'blob', blob]));
      return name;
    };
    const names = [await write('ours', ours), await write('base', base), await write('theirs', theirs)];
    // Its exit code is the number of conflicts.
    const merged = await git.bytes(['merge-file', '-p', '-q', ...names], { cwd: folder }).catch(() => undefined);
    if (merged === undefined) return undefined;
    return git.run(['hash-object', '-w', '--stdin'], { input: merged });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
