import type { ApprovalView, DeploymentView, EnvironmentView } from '../views.ts';
import type { Deployment, Environment, GitHubState, RepositoryState } from './state.ts';

export interface EnvironmentSeed {
  readonly name: string;
  /** Logins; one of them has to approve. */
  readonly reviewers?: readonly string[];
  readonly waitMinutes?: number;
  /** Patterns of branches that may deploy; any when left out. */
  readonly branches?: readonly string[];
  readonly preventSelfReview?: boolean;
}

/** A job that names an environment. */
export interface EnvironmentEntry {
  readonly sha: string;
  readonly runId: string;
  /** Who started the attempt of the run; only asked for where people may not approve what they started. */
  readonly actor?: string;
  /** False with the job's `deployment: false`: protection holds, no deployment is filed. */
  readonly deployment?: boolean;
}

export interface Review {
  readonly approved: boolean;
  /** Login. */
  readonly by: string;
  readonly comment?: string;
}

/** A job inside an environment. */
export interface EnteredEnvironment {
  readonly protection: EnvironmentView;
  /** Logins who may review this job: the reviewers, without who started it where self-review is prevented. */
  readonly approvers: readonly string[];
  /** What a person answers; it stands in the run's review history. Throws for who may not review. */
  review(review: Review): void;
  /** Approved and waited for: the deployment goes on. */
  start(): void;
  /** `url` is the job's `environment.url`. */
  end(state: 'success' | 'failure' | 'inactive', url?: string): void;
}

export function defineEnvironment(state: GitHubState, repository: RepositoryState, seed: EnvironmentSeed): Environment {
  const key = seed.name.toLowerCase();
  const before = repository.environments.get(key);
  const environment: Environment = {
    id: before?.id ?? state.newId(),
    name: before?.name ?? seed.name,
    reviewers: seed.reviewers ?? [],
    waitMinutes: seed.waitMinutes ?? 0,
    branches: seed.branches,
    preventSelfReview: seed.preventSelfReview ?? false,
    createdAt: before?.createdAt ?? state.clock.now(),
  };
  repository.environments.set(key, environment);
  return environment;
}

/** Files the deployment of a job. A missing environment is made without protection, as GitHub does. */
export function enterEnvironment(
  state: GitHubState,
  repository: RepositoryState,
  name: string,
  { sha, runId, actor, deployment: isFiled = true }: EnvironmentEntry,
): EnteredEnvironment {
  const environment = repository.environments.get(name.toLowerCase()) ?? defineEnvironment(state, repository, { name });
  const isProtected = environment.reviewers.length > 0 || environment.waitMinutes > 0;
  const approvers = environment.reviewers.filter(login => !environment.preventSelfReview || login !== actor);
  const deployment: Deployment = {
    environment: environment.name,
    sha,
    state: isProtected ? 'waiting' : 'in_progress',
    url: undefined,
    createdAt: state.clock.now(),
  };
  if (isFiled) repository.deployments.push(deployment);
  return {
    protection: environmentView(environment),
    approvers,
    review: ({ approved, by, comment = '' }) => {
      if (!approvers.includes(by)) {
        throw new Error(
          `${by} may not review deployments to ${environment.name}; who may: ${approvers.join(', ') || 'nobody'}.`,
        );
      }
      repository.approvals.push({
        runId,
        environment: environment.name,
        state: approved ? 'approved' : 'rejected',
        by,
        comment,
        at: state.clock.now(),
      });
    },
    start: () => {
      if (deployment.state === 'waiting') deployment.state = 'in_progress';
    },
    end: (ended, url) => {
      deployment.state = ended;
      deployment.url = url;
      if (isFiled && ended === 'success') retire(repository, deployment);
    },
  };
}

export function environmentView({ name, reviewers, waitMinutes, branches }: Environment): EnvironmentView {
  return { name, reviewers: [...reviewers], waitMinutes, branches: branches === undefined ? undefined : [...branches] };
}

export function deploymentViews({ deployments }: RepositoryState): readonly DeploymentView[] {
  return deployments.map(deployment => ({ ...deployment }));
}

export function approvalViews({ approvals }: RepositoryState, runId?: string): readonly ApprovalView[] {
  return approvals.filter(approval => runId === undefined || approval.runId === runId);
}

/** A success makes what was deployed there before inactive (GitHub's `auto_inactive`). */
function retire({ deployments }: RepositoryState, latest: Deployment): void {
  for (const earlier of deployments) {
    const isSamePlace = earlier !== latest && earlier.environment === latest.environment;
    if (isSamePlace && earlier.state === 'success') earlier.state = 'inactive';
  }
}
