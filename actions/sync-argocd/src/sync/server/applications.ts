import { asArray, asObject, asString, type Clock } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import type { ServerClient } from './client.ts';

/** An object that an Application holds, or that one of its objects has made. */
export interface HeldNode {
  readonly application: KubernetesObject;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Undefined for objects of the whole cluster. */
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  /** Undefined where Argo CD has no opinion of its kind. */
  readonly health: string | undefined;
}

/** The Applications of an Argo CD server, and what lives of them in one cluster. */
export interface HeldObjects {
  /** Those that this account may read. */
  applications(): Promise<readonly KubernetesObject[]>;
  /** What is there in a namespace (undefined: of the whole cluster) of what they hold, and of what that has made. */
  nodes(namespace: string | undefined): Promise<readonly HeldNode[]>;
  /** Has Argo CD look again at what lives there: a tree is as old as its last look. Waits a while for that, and fails never. */
  refresh(namespace: string | undefined): Promise<void>;
  /** An object as it is now, its Secrets masked; undefined where it is gone. */
  read(node: HeldNode): Promise<KubernetesObject | undefined>;
}

/** One look asks many questions within moments: the answers to the first are good for the others. */
const freshMs = 500;
const refreshMs = 15_000;

export function createHeldObjects(
  client: ServerClient,
  { clock, isHere }: { readonly clock: Clock; readonly isHere: (application: KubernetesObject) => boolean },
): HeldObjects {
  const { remember, forget } = createMemory(clock);
  const applications = () =>
    remember('applications', async () => {
      const answer = await client.send({
        method: 'GET',
        path: '/applications',
        purpose: 'list the Applications',
        needs: 'applications, get, <project>/*',
      });
      return asArray(asObject(answer)['items']).flatMap(item => asKind('Application', item) ?? []);
    });
  const treeOf = (application: KubernetesObject) =>
    remember(placeOf(application), async () => {
      const answer = await client.send({
        method: 'GET',
        path: pathOf(application, '/resource-tree'),
        purpose: `read what ${application.metadata.name} holds`,
        needs: `applications, get, ${projectOf(application)}/${application.metadata.name}`,
      });
      return asArray(asObject(answer)['nodes']).flatMap(node => readNode(node, application));
    });
  const holders = async (namespace: string | undefined) =>
    (await applications()).filter(one => isHere(one) && lives(one, namespace));
  return {
    applications,
    nodes: async namespace => {
      const nodes = (await Promise.all((await holders(namespace)).map(treeOf))).flat();
      return nodes.filter(node => node.namespace === namespace);
    },
    refresh: async namespace => {
      const asking = (await holders(namespace)).map(one =>
        client
          .send({
            method: 'GET',
            path: pathOf(one, '', { refresh: 'normal' }),
            purpose: `refresh ${one.metadata.name}`,
            needs: `applications, get, ${projectOf(one)}/${one.metadata.name}`,
            signal: AbortSignal.timeout(refreshMs),
          })
          .catch(() => undefined),
      );
      await Promise.all(asking);
      forget();
    },
    read: async ({ application, group, version, kind, namespace, name }) => {
      const query = {
        resourceName: name,
        version,
        group,
        kind,
        ...(namespace === undefined ? {} : { namespace }),
      };
      try {
        const answer = await client.send({
          method: 'GET',
          path: pathOf(application, '/resource', query),
          purpose: `read the ${kind} ${name} of ${application.metadata.name}`,
          needs: `applications, get, ${projectOf(application)}/${application.metadata.name}`,
        });
        const manifest = asString(asObject(answer)['manifest']);
        return manifest === undefined ? undefined : asObjectOf(JSON.parse(manifest));
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Below `/api/v1`. Its project is said as well: without it the server answers 403 to everything that it does not have. */
export function pathOf(application: KubernetesObject, rest = '', query: Readonly<Record<string, string>> = {}): string {
  const { name, namespace = '' } = application.metadata;
  const all = new URLSearchParams({ appNamespace: namespace, project: projectOf(application), ...query });
  return `/applications/${encodeURIComponent(name)}${rest}?${all}`;
}

export function projectOf(application: KubernetesObject): string {
  return asString(asObject(application['spec'])['project']) || 'default';
}

/** What the server's lists leave out of each object. */
export function asKind(
  kind: 'Application' | 'AppProject' | 'ApplicationSet',
  value: unknown,
): KubernetesObject | undefined {
  return asObjectOf({ apiVersion: 'argoproj.io/v1alpha1', kind, ...asObject(value) });
}

function asObjectOf(value: unknown): KubernetesObject | undefined {
  const object = asObject(value);
  const { name } = asObject(object['metadata']);
  return typeof name === 'string' && typeof object['kind'] === 'string'
    ? (object as unknown as KubernetesObject)
    : undefined;
}

function placeOf({ metadata: { namespace = '', name } }: KubernetesObject): string {
  return `${namespace}/${name}`;
}

/** Its tree may have something there: what it holds is said in its status, what that makes is beside it. */
function lives({ status, spec }: KubernetesObject, namespace: string | undefined): boolean {
  const own = asString(asObject(asObject(spec)['destination'])['namespace']);
  if (namespace !== undefined && own === namespace) return true;
  return asArray(asObject(status)['resources']).some(
    resource => (asString(asObject(resource)['namespace']) || undefined) === namespace,
  );
}

/** Managed objects that are not there are nodes without an id. */
function readNode(value: unknown, application: KubernetesObject): HeldNode[] {
  const { group, version, kind, namespace, name, uid, health } = asObject(value);
  const [ownKind, ownName, ownUid] = [asString(kind), asString(name), asString(uid)];
  if (!ownKind || !ownName || !ownUid) return [];
  return [
    {
      application,
      group: asString(group) ?? '',
      version: asString(version) || 'v1',
      kind: ownKind,
      namespace: asString(namespace) || undefined,
      name: ownName,
      uid: ownUid,
      health: asString(asObject(health)['status']),
    },
  ];
}

export function isNode(node: HeldNode, { apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return node.kind === kind && node.group === groupOf(apiVersion);
}

/** The tree knows it no more, or the cluster does. */
function isGone(error: unknown): boolean {
  return error instanceof Error && /not found as part of application|\bnot found\b/.test(error.message);
}

function createMemory(clock: Clock) {
  const known = new Map<string, { readonly until: number; readonly answer: Promise<unknown> }>();
  return {
    remember: <T>(key: string, ask: () => Promise<T>): Promise<T> => {
      const before = known.get(key);
      if (before !== undefined && clock.now() < before.until) return before.answer as Promise<T>;
      const answer = ask();
      known.set(key, { until: clock.now() + freshMs, answer });
      answer.catch(() => known.delete(key));
      return answer;
    },
    forget: () => known.clear(),
  };
}
