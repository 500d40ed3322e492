import { Buffer } from 'node:buffer';
import { asArray, asObject, asString, UserError } from '@suite/foundation';
import { parse } from 'yaml';

/** Where a kubeconfig leads. */
export interface Endpoint {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
}

/** The endpoint of the kubeconfig that Azure gives for a cluster; who signs in is ours to say. */
export function readEndpoint(text: string, cluster: string): Endpoint {
  const document = asObject(parse(text));
  const first = asObject(asObject(asArray(document['clusters'])[0])['cluster']);
  const server = asString(first['server']);
  const ca = asString(first['certificate-authority-data']);
  if (server === undefined || !server.startsWith('https://') || ca === undefined) {
    throw new UserError({
      message: `The kubeconfig that Azure gives for ${cluster} names no API server that can be trusted.`,
    });
  }
  return { server, ca: Buffer.from(ca, 'base64').toString('utf8') };
}

/** A kubeconfig for tools that are started. The token is in a file beside it, which is read again while a tool runs. */
export function writeEndpoint({ server, ca }: Endpoint, tokenFile: string): string {
  return `${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'cluster', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'user', user: { tokenFile } }],
    contexts: [{ name: 'context', context: { cluster: 'cluster', user: 'user' } }],
    'current-context': 'context',
  })}\n`;
}
