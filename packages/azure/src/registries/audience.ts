import type { AzureCredential } from '../credential.ts';

/** What a token of Entra is asked for that a container registry takes, in every cloud, also one that takes none of the resource manager's. */
const audience = 'https://containerregistry.azure.net/.default';

/** Gives the token of Entra that a container registry exchanges for one of its own, and a fresh one whenever it is asked. */
export function registryTokens(credential: Pick<AzureCredential, 'getToken'>): () => Promise<string> {
  return async () => (await credential.getToken(audience)).token;
}
