import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asArray, asObject, parseJson } from '@suite/foundation';
import { dispatchRequest } from '../run-requests.ts';
import { create } from '../story/create.ts';
import { developer } from '../story/stage.ts';
import { withoutStaging } from './smaller.ts';
import type { Variant } from './variant.ts';

const file = join(import.meta.dirname, '../../../../../examples/platform-files/everything.yaml');
const workflow = 'verify.yml';
const environments = ['dev', 'prod'] as const;

/** All that the suite has, in one platform. */
export const everything: Variant = {
  name: 'everything',
  tells:
    'Every release is on, in dev and in production, with all that production can have in Azure; and what verify says of each',
  changes: {
    'platform.yaml': () => withoutSmoke(withRoom(withoutStaging(readFileSync(file, 'utf8')))),
    [`.github/workflows/${workflow}`]: () => verifyEach,
  },
  chapters: [
    {
      ...create,
      title: 'A platform with everything comes to life',
      tells:
        'platform.yaml is examples/platform-files/everything.yaml, without staging. The first commit on main makes dev and production, with every ' +
        'release that there is: each begins as soon as those that it needs are ready, and the promotion goes on once all of them are.',
    },
    {
      number: 2,
      title: 'Every part is asked whether it works',
      tells:
        'verify compares the clusters with the platform file and looks at what only running can show: that interfaces answer through the gateway, ' +
        'sign-ins find their rights in Azure, alerts reach Alertmanager, and a line of the canary is in Loki. The summary of each job is the table.',
      after: [1],
      play: async ({ repository, run, see, artifactOf }) => {
        const verified = await run('Verify them', await dispatchRequest(repository, workflow, {}, developer));
        for (const environment of environments) {
          const { verdict, checks } = asObject(parseJson(await artifactOf(verified, verifyReport(environment))));
          const statuses = asArray(checks).map(check => String(asObject(check)['status']));
          const passed = statuses.filter(status => status === 'passed').length;
          see(
            `${environment} is verified: ${passed} checks passed, and none failed`,
            verdict === 'verified' && passed > 0 && !statuses.includes('failed'),
          );
        }
      },
    },
  ],
};

/** Three nodes from the beginning: what is meant to survive the loss of one wants its copies apart, Redis among them. */
function withRoom(text: string): string {
  return text.replace(/^ {2}prod:\n/m, '$&    cluster: { pools: { user: { min: 3 } } }\n');
}

/** Its image is not in this world, and the operator that is played makes no device plugin. */
function withoutSmoke(text: string): string {
  return text.replace(/^ {4}gpu-smoke: true\n/m, '');
}

/** The artifact with the change report of an environment. */
export function verifyReport(environment: string): string {
  return `verify-${environment}`;
}

const verifyEach = `# Does everything work? Asks each environment, and changes nothing.
name: Verify

on: workflow_dispatch

permissions: {}

jobs:
  verify:
    name: Verify \${{ matrix.environment }}
    strategy:
      fail-fast: false
      matrix:
        environment: [${environments.join(', ')}]
    runs-on: \${{ matrix.environment == 'prod' && 'aks-prod-runners' || 'ubuntu-24.04' }}
    permissions:
      contents: read # check out
      id-token: write # sign in to Azure as the plan identity
    steps:
      - uses: actions/checkout@v7
      - uses: org/actions/deploy-platform@v1
        id: verify
        with:
          command: verify
          scope: \${{ matrix.environment }}
      - uses: actions/upload-artifact@v7
        with:
          name: verify-\${{ matrix.environment }}
          path: \${{ steps.verify.outputs.report }}
`;
