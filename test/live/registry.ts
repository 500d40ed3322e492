/**
 * Proves on a real registry of Azure what no other one can show: see README.md here. It writes into two repositories of its
 * own, and deletes them at the end.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { parseArgs, promisify } from 'node:util';
import { clouds, createContainerRegistries } from '@suite/azure';
import { systemClock } from '@suite/foundation';
import { dockerLogin } from '@suite/registry';
import { azureAuthorization, createClient } from './client.ts';
import { type Place, proofs, prove, renderVerdicts } from './proofs.ts';

const usage =
  'node --conditions=source test/live/registry.ts --registry NAME --resource-group GROUP [--subscription ID]';
const { values } = parseArgs({
  options: {
    registry: { type: 'string' },
    'resource-group': { type: 'string' },
    subscription: { type: 'string' },
  },
});
const { registry, 'resource-group': group } = values;
if (registry === undefined || group === undefined) {
  console.error(`Usage: ${usage}`);
  process.exit(1);
}

/** Of the Azure CLI, which is signed in as whoever runs this. */
async function az(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('az', [...args, '--output', 'tsv']);
  return stdout.trim();
}

const tokenFor = (scope: string) => az('account', 'get-access-token', '--scope', scope, '--query', 'accessToken');
const tenant = await az('account', 'show', '--query', 'tenantId');
const subscription = values.subscription ?? (await az('account', 'show', '--query', 'id'));
const identity = { name: 'account of the Azure CLI', clientId: await az('account', 'show', '--query', 'user.name') };
const credential = {
  getToken: async (scopes: string | readonly string[]) => ({
    token: await tokenFor([scopes].flat()[0] ?? ''),
    expiresOnTimestamp: systemClock.now() + 5 * 60_000,
  }),
};
const registries = createContainerRegistries(credential, { cloud: clouds.public, identity, clock: systemClock });
const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerRegistry/registries/${registry}`;
const view = await registries.find(id);
if (view === undefined) throw new Error(`There is no registry ${id}.`);
const host = view.loginServer;
const options = {
  host,
  tenant,
  identity,
  entraToken: () => tokenFor('https://containerregistry.azure.net/.default'),
  mask: () => undefined,
  clock: systemClock,
};
const client = createClient({
  address: `https://${host}`,
  authorize: azureAuthorization(host, () => dockerLogin(options), systemClock),
});
const repository = `proof/${randomUUID().slice(0, 8)}`;
const place: Place = {
  client,
  repository,
  other: `${repository}-other`,
  importImage: digest =>
    registries.importImage(id, {
      source: { resourceId: id },
      repository,
      digest,
      targetTags: [],
      untaggedTargetRepositories: [`${repository}-other`],
      overwrite: false,
    }),
};
console.log(
  `${host}, ${view.sku}, role assignment mode for ${view.permissions === 'registry' ? 'the registry' : 'repositories (ABAC)'}`,
);
try {
  const verdicts = await prove(place, proofs);
  console.log(renderVerdicts(verdicts));
  if (verdicts.some(({ is }) => is === 'not proven')) process.exitCode = 1;
} finally {
  for (const name of [place.repository, place.other]) {
    const answer = await client.call('DELETE', `/acr/v1/${name}`, { scopes: [name] });
    if (answer.status !== 202 && answer.status !== 404) {
      console.error(
        `${name} was not deleted (${answer.status}): az acr repository delete --name ${registry} --repository ${name}`,
      );
    }
  }
}
