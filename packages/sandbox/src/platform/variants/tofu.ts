import { pullRequestRun } from '../run-requests.ts';
import { create } from '../story/create.ts';
import { propose } from '../story/platform-edits.ts';
import { mergeAndPromote } from '../story/promote.ts';
import { armWrites } from './arm-writes.ts';
import { onlyDev } from './smaller.ts';
import type { Variant } from './variant.ts';

/** A platform that Terraform has made moves to OpenTofu. */
export const tofu: Variant = {
  name: 'tofu',
  tells: 'A platform that Terraform has made moves to OpenTofu, by one pull request that changes nothing else',
  program: 'tofu',
  changes: { 'platform.yaml': onlyDev },
  chapters: [
    {
      ...create,
      tells:
        'The first commit on main creates a shared scope and dev: Azure with Terraform, what runs in the cluster with Helm.',
    },
    {
      number: 2,
      title: 'It moves to OpenTofu',
      tells:
        'One line of the platform file names the other engine. OpenTofu reads the states as they are: the comment on the pull request shows no ' +
        'change, and the promotion makes none.',
      after: [1],
      play: async stage => {
        const { repository, world, run, see } = stage;
        const before = armWrites(world);
        const { number } = await propose(repository, 'opentofu', 'OpenTofu from now on', text =>
          text.replace(/^version: 1$/m, '$&\nengine: opentofu'),
        );
        await run(`Pull request ${number} is opened`, pullRequestRun(repository, number, 'opened'));
        await mergeAndPromote(stage, number);
        const { jobs } = stage.runs().at(-1) ?? { jobs: [] };
        const logs = jobs.flatMap(({ steps }) => steps.flatMap(({ log }) => log)).join('\n');
        see(
          'Plans and applies were made by OpenTofu',
          /OpenTofu \d+\.\d+\.\d+ \(path\)/.test(logs) && !/\bterraform plan\b/.test(logs),
        );
        see('Nothing was written in Azure', armWrites(world) === before);
      },
    },
  ],
};
