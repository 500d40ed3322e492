import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import { KubernetesFailure } from './failure.ts';
import type { Transport } from './transport.ts';

/** A kind that an API server serves. */
export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Its name in paths: `deployments`. */
  readonly resource: string;
  readonly isNamespaced: boolean;
}

/** What an API server serves at one moment. */
export interface Discovery {
  find(apiVersion: string, kind: string): ServedKind | undefined;
  /** As Helm's `--api-versions` takes them: `apps/v1`, `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[];
}

// Kubernetes API concepts, "Aggregated discovery" (stable since 1.30).
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** All kinds in two requests. */
export async function discover(transport: Transport): Promise<Discovery> {
  const answers = await Promise.all(
    ['/api', '/apis'].map(path =>
      transport.send({ method: 'GET', path, accept: aggregated, purpose: 'ask what the API server serves' }),
    ),
  );
  const kinds = answers.flatMap(answer => readGroups(answer, transport.host));
  const byKind = new Map(kinds.map(served => [`${served.apiVersion}/${served.kind}`, served]));
  return {
    find: (apiVersion, kind) => byKind.get(`${apiVersion}/${kind}`),
    apiVersions: [...new Set(kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]))].sort(),
  };
}

function readGroups(text: string, host: string): ServedKind[] {
  const list = asObject(parseJson(text));
  if (list['kind'] !== 'APIGroupDiscoveryList') {
    throw new KubernetesFailure('refused', {
      message: `${host} does not say what it serves in the way of Kubernetes 1.30 and later.`,
      remedy: 'Upgrade the cluster to a supported version.',
    });
  }
  return asArray(list['items']).flatMap(item => {
    const group = asString(asObject(asObject(item)['metadata'])['name']) ?? '';
    return asArray(asObject(item)['versions']).flatMap(version => {
      const name = asString(asObject(version)['version']) ?? '';
      const apiVersion = group === '' ? name : `${group}/${name}`;
      return asArray(asObject(version)['resources']).flatMap(resource => {
        const { resource: path, responseKind, scope } = asObject(resource);
        const kind = asString(asObject(responseKind)['kind']);
        if (kind === undefined || typeof path !== 'string') return [];
        return [{ apiVersion, kind, resource: path, isNamespaced: scope === 'Namespaced' }];
      });
    });
  });
}
