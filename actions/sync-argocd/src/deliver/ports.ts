import type { Clock } from '@suite/foundation';
import type { Read } from './types.ts';

/** What delivery needs of the GitOps repository; `createGitOps` of @suite/github has it. */
export interface Repository {
  readonly repository: string;
  head(branch: string): Promise<string>;
  commitOf(revision: string): Promise<{
    readonly sha: string;
    readonly parents: readonly string[];
    readonly message: string;
  }>;
  fileAt(commit: string, path: string): Promise<Uint8Array | undefined>;
  commit(request: {
    readonly branch: string;
    readonly parent: string;
    readonly headline: string;
    readonly body: string;
    readonly additions: readonly { readonly path: string; readonly content: string | Uint8Array }[];
    readonly deletions: readonly string[];
  }): Promise<{ readonly kind: 'committed'; readonly commit: string } | { readonly kind: 'moved' }>;
}

export interface DeliverPorts {
  readonly gitops: Repository;
  /** The repository's files at a commit. */
  readonly at: (commit: string) => Promise<Read>;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** One line of progress. */
  readonly log: (line: string) => void;
}
