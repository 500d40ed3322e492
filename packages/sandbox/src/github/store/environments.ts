import type { DeploymentView, EnvironmentView } from '../views.ts';
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

/** A job inside an environment. */
export interface EnteredEnvironment {
  readonly protection: EnvironmentView;
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
  sha: string,
): EnteredEnvironment {
  const environment = repository.environments.get(name.toLowerCase()) ?? defineEnvironment(state, repository, { name });
  const isProtected = environment.reviewers.length > 0 || environment.waitMinutes > 0;
  const deployment: Deployment = {
    environment: environment.name,
    sha,
    state: isProtected ? 'waiting' : 'in_progress',
    url: undefined,
    createdAt: state.clock.now(),
  };
  repository.deployments.push(deployment);
  return {
    protection: environmentView(environment),
    start: () => {
      if (deployment.state === 'waiting') deployment.state = 'in_progress';
    },
    end: (ended, url) => {
      deployment.state = ended;
      deployment.url = url;
      if (ended === 'success') retire(repository, deployment);
    },
  };
}

export function environmentView({ name, reviewers, waitMinutes, branches }: Environment): EnvironmentView {
  return { name, reviewers: [...reviewers], waitMinutes, branches: branches === undefined ? undefined : [...branches] };
}

export function deploymentViews({ deployments }: RepositoryState): readonly DeploymentView[] {
  return deployments.map(deployment => ({ ...deployment }));
}

/** A success makes what was deployed there before inactive (GitHub's `auto_inactive`). */
function retire({ deployments }: RepositoryState, latest: Deployment): void {
  for (const earlier of deployments) {
    const isSamePlace = earlier !== latest && earlier.environment === latest.environment;
    if (isSamePlace && earlier.state === 'success') earlier.state = 'inactive';
  }
}
