import type { Handler, Route, WorldRequest, WorldResponse } from './http.ts';

/** The clouds that a world can be: it is in one of them, and nobody plays the hosts of the other one. */
export type CloudName = 'public' | 'usgovernment';

/** Names of the public cloud, which all players speak, and what they are in the other one (Microsoft Learn, "Compare Azure Government"). */
const names: Readonly<Record<CloudName, readonly (readonly [inside: string, outside: string])[]>> = {
  public: [],
  usgovernment: [
    ['login.microsoftonline.com', 'login.microsoftonline.us'],
    ['management.azure.com', 'management.usgovcloudapi.net'],
    ['graph.microsoft.com', 'graph.microsoft.us'],
    ['core.windows.net', 'core.usgovcloudapi.net'],
    ['vault.azure.net', 'vault.usgovcloudapi.net'],
    ['vaultcore.azure.net', 'vaultcore.usgovcloudapi.net'],
    ['postgres.database.azure.com', 'postgres.database.usgovcloudapi.net'],
    ['azurecr.io', 'azurecr.us'],
    ['oic.prod-aks.azure.com', 'oic.prod-aks.azure.us'],
    ['azmk8s.io', 'cx.aks.containerservice.azure.us'],
  ],
};

const audiences: Readonly<Record<CloudName, string>> = {
  public: 'api://AzureADTokenExchange',
  usgovernment: 'api://AzureADTokenExchangeUSGov',
};

/** How a world of one cloud is played by players that know the public one: its names are translated where they come in and go out. */
export interface CloudEdge {
  readonly cloud: CloudName;
  /** Whom GitHub's tokens have to be for, to be exchanged in it. */
  readonly audience: string;
  /** A name of the world as the players know it. */
  readonly inside: (text: string) => string;
  /** The other way. */
  readonly outside: (text: string) => string;
  /** The same players at the cloud's own hosts. `bodies`: whether documents name hosts, too, as those of the resource manager do. */
  route(route: Route, bodies: 'named' | 'opaque'): Route;
}

export function cloudEdge(cloud: CloudName): CloudEdge {
  const pairs = names[cloud];
  const replace = (text: string, from: 0 | 1) =>
    pairs.reduce((result, pair) => result.replaceAll(pair[from], pair[from === 0 ? 1 : 0]), text);
  const inside = (text: string) => replace(text, 1);
  const outside = (text: string) => replace(text, 0);

  const incoming = (request: WorldRequest, isNamed: boolean): WorldRequest => {
    const type = request.headers['content-type'] ?? '';
    const isForm = type.startsWith('application/x-www-form-urlencoded');
    const query = new URLSearchParams(
      [...request.query].map(([name, value]): [string, string] => [name, inside(value)]),
    );
    const path = isNamed ? inside(request.path) : request.path;
    const translated = { ...request, host: inside(request.host), path, query };
    if (!isForm && !(isNamed && type.startsWith('application/json'))) return translated;
    return { ...translated, body: async () => Buffer.from(inside((await request.body()).toString('utf8'))) };
  };

  const outgoing = (response: WorldResponse, isNamed: boolean): WorldResponse => {
    const headers = Object.fromEntries(
      Object.entries(response.headers ?? {}).map(([name, value]) => [name, outside(value)]),
    );
    const { body } = response;
    if (!isNamed || typeof body !== 'string') return { ...response, headers };
    return { ...response, headers, body: withKubeconfigs(outside(body), outside) };
  };

  return {
    cloud,
    audience: audiences[cloud],
    inside,
    outside,
    route: (route, bodies) => {
      if (cloud === 'public') return route;
      const { exists } = route;
      const handler: Handler = async request =>
        outgoing(await route.handler(incoming(request, bodies === 'named')), bodies === 'named');
      return {
        host: outside(route.host),
        handler,
        ...(exists === undefined ? {} : { exists: host => exists(inside(host)) }),
      };
    },
  };
}

/** A kubeconfig is a document in a document, in base64. */
function withKubeconfigs(text: string, outside: (text: string) => string): string {
  if (!text.includes('"kubeconfigs"')) return text;
  return text.replace(/"value":"([A-Za-z0-9+/=]+)"/g, (_, value: string) => {
    const translated = Buffer.from(outside(Buffer.from(value, 'base64').toString('utf8'))).toString('base64');
    return `"value":"${translated}"`;
  });
}
