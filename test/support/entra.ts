import { readFile } from 'node:fs/promises';
import http from 'node:http';
import tls from 'node:tls';
import { asObject } from '@suite/foundation';
import type { Job, World } from '@suite/sandbox';

/** Lets this process reach the world as a step does, by its proxy and its certificate; gives what takes that back. */
export async function joinNetwork(world: World): Promise<readonly (() => unknown)[]> {
  const certificates = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...certificates, await readFile(world.caFile, 'utf8')]);
  return [() => tls.setDefaultCACertificates(certificates), http.setGlobalProxyFromEnv(world.networkEnvironment())];
}

/** GitHub's token of a job, then Entra's: as an action gets it. */
export async function entraToken(world: World, job: Job, clientId: string, scope: string): Promise<string> {
  const variables = world.jobEnvironment(job);
  const assertion = await fetch(
    `${variables['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=${encodeURIComponent('api://AzureADTokenExchange')}`,
    { headers: { authorization: `Bearer ${variables['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}` } },
  );
  const answer = await fetch(`https://login.microsoftonline.com/${world.azure.tenant}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: clientId,
      client_assertion: String(asObject(await assertion.json())['value']),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      grant_type: 'client_credentials',
      scope,
    }),
  });
  return String(asObject(await answer.json())['access_token']);
}

/** For the content of registries. */
export const registryScope = 'https://containerregistry.azure.net/.default';
