import https from 'node:https';
import type { HttpClient } from '@azure/core-rest-pipeline';

/**
 * The SDK's client over the connections of this process, which know its proxy and are kept for the next request. Left to itself each
 * client has connections of its own, and behind a proxy every request makes a tunnel and a TLS handshake anew.
 */
export async function createHttpClient(): Promise<HttpClient> {
  const { createDefaultHttpClient } = await import('@azure/core-rest-pipeline');
  const client = createDefaultHttpClient();
  return {
    sendRequest: request => {
      request.agent = https.globalAgent;
      return client.sendRequest(request);
    },
  };
}
