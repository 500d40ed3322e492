import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, type JsonObject } from '@suite/foundation';
import { createCertificateAuthority } from '../../network/certificate-authority.ts';
import { json, type WorldRequest, type WorldResponse } from '../../network/http.ts';
import { startProxy } from '../../network/proxy.ts';
import { objectsAt, textAt } from '../types/shape.ts';

/**
 * As little of Azure as the provider needs to be tried on its own: a token service, and a resource manager that stores what it
 * is given and fills in what Azure would. It knows no rights and no rules; the sandbox's own Azure does.
 */
export interface StubAzure {
  readonly environment: { readonly [name: string]: string };
  /** Resources by lower-case id. */
  readonly resources: Map<string, JsonObject>;
  /** `PUT /subscriptions/…` in the order they came, GET left out. */
  readonly writes: string[];
  /** Answers instead of the stub where it gives an answer. Token services are named by their host, resources by their path. */
  intercept: ((method: string, pathOrHost: string) => WorldResponse | undefined) | undefined;
  /** What an operation says when it is asked; `Succeeded` at once unless told otherwise. */
  operation: ((path: string) => WorldResponse) | undefined;
  close(): Promise<void>;
}

const stubIds = {
  tenant: '00000000-0000-0000-0000-000000000001',
  client: '00000000-0000-0000-0000-000000000002',
  subscription: '00000000-0000-0000-0000-000000000003',
} as const;

export async function startStubAzure(directory: string): Promise<StubAzure> {
  const authority = await createCertificateAuthority();
  const resources = new Map<string, JsonObject>();
  const writes: string[] = [];
  const assertionHost = 'token.actions.githubusercontent.com';
  const proxy = await startProxy({
    authority,
    plays: host => [assertionHost, 'login.microsoftonline.com', 'management.azure.com'].includes(host),
    onRefused: () => {},
    answer: async request => {
      if (request.host === 'management.azure.com') return manage(request);
      const instead = stub.intercept?.(request.method, request.host);
      if (instead !== undefined) return instead;
      return json(200, request.host === assertionHost ? { value: 'header.payload.signature' } : token());
    },
  });
  const authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority.certificate);

  const stub: StubAzure = {
    environment: {
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '',
      NODE_EXTRA_CA_CERTS: authorityFile,
      SSL_CERT_FILE: authorityFile,
      ARM_USE_OIDC: 'true',
      ARM_OIDC_REQUEST_URL: `https://${assertionHost}/request?x=1`,
      ARM_OIDC_REQUEST_TOKEN: 'request-token',
    },
    resources,
    writes,
    intercept: undefined,
    operation: undefined,
    close: () => proxy.close(),
  };
  return stub;

  async function manage(request: WorldRequest): Promise<WorldResponse> {
    const { method } = request;
    const path = decodeURIComponent(request.path);
    const key = path.toLowerCase();
    if (method !== 'GET' && !/\/(?:list\w*|sharedKeys)$/.test(path)) writes.push(`${method} ${path}`);
    const instead = stub.intercept?.(method, path);
    if (instead !== undefined) return instead;
    if (key.includes('/operations/')) return stub.operation?.(path) ?? json(200, { status: 'Succeeded' });
    if (method === 'POST') return json(200, secretsOf(path));
    if (method === 'GET') return read(path, key);
    if (method === 'DELETE') {
      if (!resources.has(key)) return { status: 204 };
      for (const id of [...resources.keys()]) if (id === key || id.startsWith(`${key}/`)) resources.delete(id);
      syncPools(key);
      return started(202);
    }
    const body = asObject(JSON.parse((await request.body()).toString('utf8')));
    const existed = resources.get(key);
    const merged = method === 'PATCH' ? merge(existed ?? {}, body) : body;
    resources.set(key, fill(path, existed, merged, resources));
    syncPools(key);
    return started(existed === undefined ? 201 : 200, resources.get(key));
  }

  function read(path: string, key: string): WorldResponse {
    if (/\/(?:resources|replications|deletedworkspaces)$/.test(key)) return json(200, { value: [] });
    if (key.endsWith('/roledefinitions')) return json(200, { value: [roleDefinition] });
    if (key.includes('/roledefinitions/')) return json(200, roleDefinition);
    const found = resources.get(key);
    if (found === undefined) {
      return json(404, { error: { code: 'ResourceNotFound', message: `The Resource '${path}' was not found.` } });
    }
    return json(200, embed(key, found));
  }

  /** A network shows its subnets. */
  function embed(key: string, found: JsonObject): JsonObject {
    if (!/\/virtualnetworks\/[^/]+$/.test(key)) return found;
    const subnets = [...resources].filter(([id]) => id.startsWith(`${key}/subnets/`)).map(([, item]) => item);
    return { ...found, properties: { ...asObject(found['properties']), subnets } };
  }

  /** A cluster lists its pools. */
  function syncPools(key: string): void {
    const clusterKey = /^.*\/managedclusters\/[^/]+(?=\/agentpools\/)/.exec(key)?.[0];
    const cluster = clusterKey === undefined ? undefined : resources.get(clusterKey);
    if (clusterKey === undefined || cluster === undefined) return;
    const pools = [...resources].filter(([id]) => id.startsWith(`${clusterKey}/agentpools/`)).map(([, item]) => item);
    const agentPoolProfiles = pools.map(pool => ({ name: pool['name'], ...asObject(pool['properties']) }));
    resources.set(clusterKey, { ...cluster, properties: { ...asObject(cluster['properties']), agentPoolProfiles } });
  }
}

const roleDefinition = {
  id: `/subscriptions/${stubIds.subscription}/providers/Microsoft.Authorization/roleDefinitions/7f951dda-4ed3-4680-a7ca-43fe172d538d`,
  properties: { roleName: 'AcrPull' },
};

function started(status: number, body?: JsonObject): WorldResponse {
  const url = `https://management.azure.com/subscriptions/${stubIds.subscription}/providers/Stub/locations/here/operations/${randomUUID()}`;
  return json(status, body ?? {}, { 'Azure-AsyncOperation': `${url}?api-version=1`, 'Retry-After': '0' });
}

function token(): JsonObject {
  const claims = { oid: '00000000-0000-0000-0000-00000000000a', tid: stubIds.tenant, appid: stubIds.client };
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
  return { access_token: `eyJhbGciOiJub25lIn0.${payload}.x`, token_type: 'Bearer', expires_in: 3600 };
}

function secretsOf(path: string): JsonObject {
  if (path.endsWith('/sharedKeys')) return { primarySharedKey: 'first', secondarySharedKey: 'second' };
  const config = {
    clusters: [
      {
        name: 'c',
        cluster: { server: 'https://c.hcp.westeurope.azmk8s.io:443', 'certificate-authority-data': 'Y2E=' },
      },
    ],
    users: [{ name: 'u', user: { exec: { command: 'kubelogin' } } }],
  };
  return { kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(JSON.stringify(config)).toString('base64') }] };
}

/** What Azure adds to what it was told, once, and keeps. */
function fill(
  path: string,
  existed: JsonObject | undefined,
  body: JsonObject,
  resources: Map<string, JsonObject>,
): JsonObject {
  const words = path.split('/');
  const type = words.at(-2)?.toLowerCase() ?? '';
  const name = words.at(-1) ?? '';
  const properties = asObject(body['properties']);
  const before = asObject(existed?.['properties']);
  const added = additions[type]?.(path, properties, before) ?? {};
  if (type === 'managedclusters') {
    for (const pool of objectsAt(properties, 'agentPoolProfiles')) {
      const id = `${path}/agentPools/${textAt(pool, 'name')}`;
      const poolBefore = asObject(resources.get(id.toLowerCase())?.['properties']);
      const filled = { ...pool, ...additions['agentpools']?.(id, pool, poolBefore) };
      resources.set(id.toLowerCase(), { id, name: pool['name'], properties: filled });
    }
    const profiles = objectsAt(properties, 'agentPoolProfiles').map(pool => ({
      ...pool,
      ...additions['agentpools']?.(path, pool, {}),
    }));
    added['agentPoolProfiles'] = profiles;
  }
  const identity =
    body['identity'] === undefined
      ? undefined
      : { principalId: fixed(path, 'p'), tenantId: stubIds.tenant, ...asObject(body['identity']) };
  return {
    ...body,
    id: path,
    name,
    ...(identity === undefined ? {} : { identity }),
    properties: { ...properties, ...added, provisioningState: 'Succeeded' },
  };
}

type Additions = { [name: string]: unknown };

/** Members by type that Azure computes; what an earlier answer held is kept. */
const additions: { readonly [type: string]: (path: string, properties: JsonObject, before: JsonObject) => Additions } =
  {
    virtualnetworks: path => ({ resourceGuid: fixed(path, 'guid') }),
    workspaces: path => ({ customerId: fixed(path, 'customer') }),
    registries: path => ({ loginServer: `${path.split('/').at(-1)}.azurecr.io` }),
    userassignedidentities: path => ({
      clientId: fixed(path, 'c'),
      principalId: fixed(path, 'p'),
      tenantId: stubIds.tenant,
    }),
    roleassignments: path => ({
      scope: path.slice(0, path.indexOf('/providers/Microsoft.Authorization')),
      principalType: 'ServicePrincipal',
    }),
    publicipaddresses: () => ({ ipAddress: '203.0.113.7' }),
    managedclusters: (path, properties, before) => {
      const name = path.split('/').at(-1);
      const group = textAt(properties, 'nodeResourceGroup') || `MC_${path.split('/')[4]}_${name}_westeurope`;
      const profile = asObject(properties['networkProfile']);
      const nodeIdentity = `/subscriptions/${stubIds.subscription}/resourceGroups/${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}-agentpool`;
      return {
        nodeResourceGroup: group,
        fqdn: `${textAt(properties, 'dnsPrefix')}-a1b2c3d4.hcp.westeurope.azmk8s.io`,
        azurePortalFQDN: `${textAt(properties, 'dnsPrefix')}-a1b2c3d4.portal.hcp.westeurope.azmk8s.io`,
        currentKubernetesVersion: '1.34.4',
        identityProfile: before['identityProfile'] ?? {
          kubeletidentity: { resourceId: nodeIdentity, clientId: fixed(path, 'kc'), objectId: fixed(path, 'ko') },
        },
        oidcIssuerProfile: {
          ...asObject(properties['oidcIssuerProfile']),
          issuerURL: `https://westeurope.oic.prod-aks.azure.com/${stubIds.tenant}/${fixed(path, 'issuer')}/`,
        },
        networkProfile: {
          loadBalancerProfile: { managedOutboundIPs: { count: 1 }, backendPoolType: 'NodeIPConfiguration' },
          ipFamilies: ['IPv4'],
          ...defined(profile),
        },
      };
    },
    agentpools: (_path, pool) => ({
      osDiskSizeGB: 128,
      osSKU: 'Ubuntu',
      maxPods: 250,
      kubeletDiskType: 'OS',
      orchestratorVersion: '1.34',
      nodeImageVersion: 'AKSUbuntu-2404gen2containerd-202611.03.0',
      ...defined(pool),
    }),
  };

function defined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null));
}

function merge(old: JsonObject, next: JsonObject): JsonObject {
  const properties = { ...asObject(old['properties']), ...asObject(next['properties']) };
  return { ...old, ...next, ...(old['properties'] === undefined ? {} : { properties }) };
}

/** A made-up id that is the same each time. */
function fixed(path: string, salt: string): string {
  const digits = Buffer.from(`${salt}${path}`).toString('hex').slice(-12).padStart(12, '0');
  return `00000000-0000-4000-8000-${digits}`;
}
