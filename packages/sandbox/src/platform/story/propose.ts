import { pullRequestRun } from '../run-requests.ts';
import { edit, propose as open } from './platform-edits.ts';
import type { Chapter } from './stage.ts';

const branch = 'gpu-for-research';

export const propose: Chapter = {
  number: 2,
  title: 'A change is proposed',
  tells:
    'A pull request changes the platform file. One comment says what that means in every environment, and finds what nobody asked for: a ' +
    'larger size would replace every node of the GPU pool in production. Nothing is applied. The author allows it with a second commit, ' +
    'and the same comment says so.',
  after: [1],
  play: async ({ repository, build, run, see }) => {
    const images = { web: build('web', '1'), worker: build('worker', '1') };
    const { number } = await open(repository, branch, 'A larger GPU pool for research', text => withGpu(text, images));
    const comment = () =>
      repository.pull(number).comments.filter(({ author, deleted }) => author === 'github-actions[bot]' && !deleted);
    await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
    see(
      'The comment names the pool that production would lose, and how to allow it',
      comment().some(({ body }) => body.includes('add `node-pool/gpu` to `allow:`')),
      { pull: number },
    );
    await edit(repository, branch, 'Allow the GPU pool to be rotated', withAllowance);
    await run('Its author answers with a second commit', pullRequestRun(repository, number, 'synchronize'));
    see(
      'The same comment says that it is allowed',
      comment().length === 1 && comment().every(({ body }) => body.includes('`node-pool/gpu` is allowed.')),
      { pull: number },
    );
  },
};

/**
 * Routine changes for all environments, of the cluster and of one release in it, images of the team with the applications that run
 * them, and a dangerous change for production.
 */
function withGpu(text: string, images: Readonly<Record<string, string>>): string {
  const sources = Object.entries(images).map(([name, source]) => `  ${name}: { source: "${source}" }\n`);
  const defaults = `defaults:
  rollback: on-failure
  cluster:
    features:
      image-cleaner: { interval: 24h }
  releases:
    kube-prometheus-stack: { retention: 30d }

`;
  const applications = `applications:
  repository: contoso/gitops
  apps:
${Object.keys(images)
  .map(name => `    - { name: ${name}, images: [${name}] }\n`)
  .join('')}
`;
  return `${text.replace(/^environments:/m, `images:\n${sources.join('')}\n${applications}${defaults}environments:`).trimEnd()}
    cluster:
      pools:
        gpu: { size: Standard_NC8as_T4_v3, max: 4 }
`;
}

function withAllowance(text: string): string {
  return `${text.trimEnd()}\n    allow: [node-pool/gpu]\n`;
}
