import { createHash, generateKeyPair } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '@suite/foundation';
import { exclusiveRunner } from '../azurerm/exclusive.ts';
import { commitTree, signatureOf, treeOfFolder } from './git/commit.ts';
import { createGit } from './git/git.ts';
import { madeUpId } from './ids.ts';
import type { Oidc } from './oidc.ts';
import type { Permissions } from './permissions.ts';
import { createRepositoryHandle, type RepositoryHandle } from './repository-handle.ts';
import type { App } from './store/apps.ts';
import { defaultBranch, type GitHubState, type RepositoryState } from './store/state.ts';
import type { SubjectForm } from './subject.ts';
import { actionsBot, type Tokens } from './tokens.ts';

export interface RepositorySeed {
  /** `owner/name` */
  readonly name: string;
  readonly id?: string;
  readonly ownerId?: string;
  readonly subject?: SubjectForm;
  /** True by default. */
  readonly private?: boolean;
  /** Its files are the first commit on `main`; what its `.gitignore` names stays out. */
  readonly folder: string;
  readonly author?: string;
}

/** GitHub by the back door: no network, no rights, no limits. For seeding, for tests, and for what people do by hand. */
export interface GitHub extends Pick<Oidc, 'registerRepository' | 'subjectFor' | 'issue' | 'wasAsked'> {
  createRepository(seed: RepositorySeed): Promise<RepositoryHandle>;
  /** Throws when there is none of this name; case does not matter. */
  repository(name: string): RepositoryHandle;
  /** GITHUB_TOKEN of a job: exactly these permissions on this repository and nothing else. `ghs_…` */
  issueToken(grant: {
    readonly repository: string;
    readonly permissions: Permissions;
    readonly login?: string;
  }): string;
  /** Token of a person who may do everything in every repository. `ghp_…` */
  issuePersonalToken(login: string): string;
  /** An App with its key and its installations, as its owner made it. */
  createApp(seed: AppSeed): Promise<AppHandle>;
  /** What of its permissions a token was let in by until now; ask before it is revoked. */
  usesOf(token: string): Permissions;
  /** From now on it is answered with 401, as when its job has ended. */
  revokeToken(token: string): void;
}

export interface AppSeed {
  /** `contoso-gitops` */
  readonly slug: string;
  readonly installations: readonly {
    /** Login of the account. */
    readonly owner: string;
    /** Full names; all of the account by default. */
    readonly repositories?: readonly string[];
    readonly permissions: Permissions;
  }[];
}

/** What the owner of an App has in hand. */
export interface AppHandle {
  readonly id: number;
  readonly clientId: string;
  /** PEM in PKCS#1, as GitHub's downloads are. */
  readonly privateKey: string;
  /** Suspends the installation on an account, or takes it back. */
  suspend(owner: string, isSuspended?: boolean): void;
}

export interface GitHubParts {
  /** Where the bare repositories are made. */
  readonly directory: string;
  readonly state: GitHubState;
  readonly tokens: Tokens;
  readonly oidc: Oidc;
}

/** Ids of comments passed 2^31 in 2024; so are these, that nobody keeps one in 32 bits. */
const firstId = 3_600_000_000;

export function createGitHubState(clock: Clock): GitHubState {
  let last = firstId;
  return {
    clock,
    newId: () => {
      last += 1;
      return last;
    },
    repositories: new Map(),
    apps: [],
  };
}

export function createGitHub({ directory, state, tokens, oidc }: GitHubParts): GitHub {
  const handles = new Map<string, RepositoryHandle>();
  const queue = exclusiveRunner();

  return {
    registerRepository: oidc.registerRepository,
    subjectFor: oidc.subjectFor,
    issue: oidc.issue,
    wasAsked: oidc.wasAsked,
    createRepository: async seed => {
      const key = seed.name.toLowerCase();
      if (!/^[^/\s]+\/[^/\s]+$/.test(seed.name)) throw new Error(`A repository is named owner/name, not ${seed.name}.`);
      if (handles.has(key)) throw new Error(`The sandbox's GitHub already has a repository ${seed.name}.`);
      const { id, ownerId, subject } = oidc.registerRepository({
        name: seed.name,
        ...(seed.id === undefined ? {} : { id: seed.id }),
        ...(seed.ownerId === undefined ? {} : { ownerId: seed.ownerId }),
        ...(seed.subject === undefined ? {} : { subject: seed.subject }),
      });
      const repository: RepositoryState = {
        name: seed.name,
        id,
        ownerId,
        isPrivate: seed.private ?? true,
        subject,
        createdAt: state.clock.now(),
        git: createGit(path.join(path.resolve(directory), `${seed.name}.git`)),
        exclusive: change => queue(key, change),
        pulls: new Map(),
        issues: new Map(),
        hasIssues: true,
        actionsMayOpenPulls: false,
        comments: new Map(),
        checkRuns: new Map(),
        statuses: new Map(),
        environments: new Map(),
        deployments: [],
        approvals: [],
        runs: new Map(),
        rules: new Map(),
      };
      await initialize(repository, seed.folder, seed.author ?? seed.name.split('/')[0] ?? '');
      const handle = createRepositoryHandle(state, repository);
      state.repositories.set(key, repository);
      handles.set(key, handle);
      return handle;
    },
    repository: name => {
      const handle = handles.get(name.toLowerCase());
      if (handle === undefined) throw new Error(`The sandbox's GitHub has no repository ${name}.`);
      return handle;
    },
    issueToken: ({ repository, permissions, login = actionsBot }) =>
      tokens.issue({ kind: 'job', login, repository, permissions }),
    issuePersonalToken: login => tokens.issue({ kind: 'person', login }),
    createApp: seed => createApp(state, seed),
    usesOf: tokens.usesOf,
    revokeToken: tokens.revoke,
  };
}

async function createApp({ apps, clock }: GitHubState, { slug, installations }: AppSeed): Promise<AppHandle> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const app: App = {
    id: Number(madeUpId(`app ${slug}`)) % 10_000_000,
    clientId: `Iv23li${createHash('sha256').update(slug).digest('hex').slice(0, 14)}`,
    slug,
    publicKey,
    installations: installations.map(({ owner, repositories, permissions }) => ({
      id: Number(madeUpId(`installation ${slug} ${owner}`)),
      owner,
      repositories: repositories ?? 'all',
      permissions,
      suspendedAt: undefined,
    })),
  };
  apps.push(app);
  return {
    id: app.id,
    clientId: app.clientId,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    suspend: (owner, isSuspended = true) => {
      const own = app.installations.find(one => one.owner.toLowerCase() === owner.toLowerCase());
      if (own === undefined) throw new Error(`The sandbox's App ${slug} is not installed on ${owner}.`);
      own.suspendedAt = isSuspended ? clock.now() : undefined;
    },
  };
}

async function initialize({ git, createdAt }: RepositoryState, folder: string, author: string): Promise<void> {
  await mkdir(git.dir, { recursive: true });
  await git.run(['init', '--quiet', '--bare', '--template=']);
  await git.run(['symbolic-ref', 'HEAD', `refs/heads/${defaultBranch}`]);
  // Checkouts fetch single commits, as actions/checkout does.
  await git.run(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  await git.run(['config', 'gc.auto', '0']);
  const tree = await treeOfFolder(git, path.resolve(folder));
  const text = { message: 'Initial commit\n', author: signatureOf(author), at: createdAt };
  const first = await commitTree(git, tree, [], text);
  await git.run(['update-ref', `refs/heads/${defaultBranch}`, first]);
}
