import { asArray, asObject, parseJson } from '@suite/foundation';
import { dispatchRequest } from '../run-requests.ts';
import { developer } from '../story/stage.ts';
import { armWrites } from './arm-writes.ts';
import { readRelease, recordedScopes, restoreRelease } from './last-release.ts';
import type { Variant } from './variant.ts';

const workflow = 'upgrade.yml';

/** What the modules of the last release have made, and a workflow that plans it with today's. */
export const upgraded: Variant = {
  name: 'upgraded',
  tells:
    'A platform that the modules of the last release have made is planned by those of today: what an upgrade changes',
  changes: {
    'platform.yaml': () => `${readRelease().platformFile}# As the last release was given it.\n`,
    [`.github/workflows/${workflow}`]: () => planEach,
  },
  prepare: sandbox => restoreRelease(sandbox, readRelease()),
  chapters: [
    {
      number: 1,
      title: 'The first plan after an upgrade',
      tells:
        'Azure and the states are as the last release left them. Today’s modules plan shared, dev and prod, and each plan stands in the summary ' +
        'of its job. Nothing is applied. The upgrade guide, docs/reference/upgrades.md, is made from the same plans.',
      after: [],
      play: async ({ repository, world, run, see, artifactOf }) => {
        const planned = await run('Plan the upgrade', await dispatchRequest(repository, workflow, {}, developer));
        const reports = await Promise.all(recordedScopes.map(scope => artifactOf(planned, upgradeReport(scope))));
        const kinds = reports.flatMap(text =>
          asArray(asObject(parseJson(text))['changes']).map(each => asObject(each)['kind']),
        );
        see(
          'Nothing would be deleted, replaced or rotated',
          !kinds.some(kind => kind === 'delete' || kind === 'replace' || kind === 'rotate'),
        );
        see('Nothing was written in Azure', armWrites(world) === 0);
      },
    },
  ],
};

/** The artifact with the change report of a scope. */
export function upgradeReport(scope: string): string {
  return `plan-${scope}`;
}

const planEach = `# What would the next version of the suite change? Plans every scope, and applies nothing.
name: Upgrade

on: workflow_dispatch

permissions: {}

jobs:
  plan:
    name: Plan \${{ matrix.scope }}
    strategy:
      matrix:
        scope: [${recordedScopes.join(', ')}]
    runs-on: \${{ matrix.scope == 'prod' && 'aks-prod-runners' || 'ubuntu-24.04' }}
    permissions:
      contents: read # check out
      id-token: write # sign in to Azure as the plan identity
    steps:
      - uses: actions/checkout@v7
      - uses: org/actions/provision-aks@v1
        id: plan
        with:
          command: plan
          scope: \${{ matrix.scope }}
      - uses: actions/upload-artifact@v7
        with:
          name: plan-\${{ matrix.scope }}
          path: \${{ steps.plan.outputs.report }}
`;
