import type { Program } from './programs.ts';

/** What is attested and attached to a release. Made of a commit, so that anybody can make it again from the tag. */
export function archiveName(tag: string): string {
  return `actions-${tag}.tar`;
}

export async function writeArchive(git: Program, tag: string, commit: string, file: string): Promise<void> {
  await git(['archive', '--format=tar', `--prefix=actions-${tag}/`, `--output=${file}`, commit]);
}
