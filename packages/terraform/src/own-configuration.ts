import type { OwnLock } from './provider-lock.ts';

/** What of a configuration is not the suite's own: a team's files beside it, or in its place. */
export interface OwnConfiguration {
  /** The file of the team's repository behind one that Terraform names; undefined where that is the suite's. */
  readonly place: (file: string) => string | undefined;
  /** Folder in the repository of a root that takes the place of the suite's; undefined where there is none. */
  readonly root: string | undefined;
  /** In which their files work; undefined where no file is theirs. */
  readonly subscription: string | undefined;
  /** Undefined where providers are not locked by the team. */
  readonly lock: OwnLock | undefined;
}

/** Terraform's words with the files that it names as the repository names them. */
export function inTheirWords(text: string, place: OwnConfiguration['place']): string {
  return text.replace(/[\w./-]+\.(?:tf|tofu)(?:\.json)?/g, file => place(file) ?? file);
}
