import type { Job } from '../github/subject.ts';
import type { Azure } from './azure.ts';
import type { World } from './start-world.ts';

/** What the tests of this folder share: one subscription, one job that may change it, one that may only look. */
export const subscription = '00000000-0000-0000-0000-000000000003';
export const scope = `/subscriptions/${subscription}`;

const workflowRef = 'octo-org/platform/.github/workflows/platform.yml@refs/heads/main';
const common = {
  repository: 'octo-org/platform',
  sha: 'a'.repeat(40),
  runId: '7',
  runAttempt: 1,
  actor: 'octocat',
  workflowRef,
};

export const platformJob: Job = { ...common, ref: 'refs/heads/main', event: 'push', environment: 'dev' };
export const planJob: Job = { ...common, ref: 'refs/pull/1/merge', event: 'pull_request' };

export const grantedJob = { clientId: '00000000-0000-0000-0000-0000000000a1' };
export const readingJob = { clientId: '00000000-0000-0000-0000-0000000000a2' };

export const state = { account: 'ststate', container: 'tfstate' };

/** An owner, a reader with the rights of a plan, and a state account. */
export function seedSubscription(world: World): { readonly account: ReturnType<Azure['addStorageAccount']> } {
  const { azure, github } = world;
  const owner = azure.addApplication({
    name: 'apply',
    ...grantedJob,
    githubSubjects: [github.subjectFor(platformJob)],
  });
  const reader = azure.addApplication({ name: 'plan', ...readingJob, githubSubjects: [github.subjectFor(planJob)] });
  const account = azure.addStorageAccount({
    subscription,
    resourceGroup: 'rg-state',
    name: state.account,
    containers: [state.container],
  });
  azure.assignRole({ principal: owner, role: 'Owner', scope });
  azure.assignRole({ principal: owner, role: 'Storage Blob Data Contributor', scope: account.id });
  azure.assignRole({ principal: reader, role: 'Reader', scope });
  azure.assignRole({ principal: reader, role: 'AKS Platform Plan Reader', scope });
  azure.assignRole({ principal: reader, role: 'Storage Blob Data Reader', scope: account.id });
  return { account };
}
