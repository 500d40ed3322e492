import type { PullView, RepositoryHandle } from '../../world/index.ts';
import { developer } from './stage.ts';

const file = 'platform.yaml';

/** Commits a change of the platform file to a branch, which begins at main where it is new. */
export async function edit(
  repository: RepositoryHandle,
  branch: string,
  message: string,
  change: (text: string) => string,
): Promise<void> {
  const text =
    (await repository.readFile(`refs/heads/${branch}`, file).catch(() => undefined)) ??
    (await repository.readFile('refs/heads/main', file));
  if (text === undefined) throw new Error(`The example has no ${file}.`);
  const changed = change(text);
  if (changed === text) throw new Error(`The example's ${file} is not as the sandbox's story expects it.`);
  await repository.commit({ branch, message, author: developer, files: { [file]: changed } });
}

/** A pull request with one change of the platform file. */
export async function propose(
  repository: RepositoryHandle,
  branch: string,
  title: string,
  change: (text: string) => string,
): Promise<PullView> {
  await edit(repository, branch, title, change);
  return repository.openPull({ title, branch, author: developer });
}

/** Merges a pull request: what main was before, and is after. */
export async function merge(repository: RepositoryHandle, number: number) {
  const before = await repository.resolve('refs/heads/main');
  await repository.closePull(number, { merge: true, by: developer });
  return { before, after: await repository.resolve('refs/heads/main') };
}
