import { at, type Fields, type KubeObject, list, numberAt, objects, strings, text } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';

interface Column {
  readonly name: string;
  readonly type?: string;
  readonly of: (object: KubeObject, now: number) => unknown;
}

/** What `kubectl get` prints: the answer to `as=Table`. Columns are those of the real server, the usual view only. */
export function tableOf(shown: readonly KubeObject[], type: ResourceType, metadata: object, now: number): Fields {
  const columns = columnsOf(type);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type: kind = 'string' }) => ({
      name,
      type: kind,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority: 0,
    })),
    rows: shown.map(object => ({
      cells: columns.map(({ of }) => of(object, now) ?? '<none>'),
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
    })),
  };
}

const name: Column = { name: 'Name', of: ({ metadata }) => metadata.name };
const age: Column = { name: 'Age', of: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now) };

function columnsOf(type: ResourceType): readonly Column[] {
  const own = type.custom?.printerColumns.map(
    (column): Column => ({
      name: column.name,
      type: column.type,
      of: (object, now) => {
        const value = valueAt(object, column.jsonPath);
        return column.type === 'date' ? ageOf(text(value), now) : value;
      },
    }),
  );
  if (own !== undefined && own.length > 0) return [name, ...own];
  // Events are known by when they were last seen, not by their names.
  if (type.plural === 'events') return known['events'] ?? [];
  return [name, ...(known[storeKey(type)] ?? []), age];
}

function ageOf(time: string | undefined, now: number): string | undefined {
  if (time === undefined) return undefined;
  const seconds = Math.max(0, Math.floor((now - Date.parse(time)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes}m` : `${Math.floor(minutes / 60)}h`;
}

/** Understands `.status.conditions[?(@.type=="Ready")].status` and plain paths. */
function valueAt(object: unknown, jsonPath: string): unknown {
  const steps = jsonPath.match(/\[\?\(@\.\w+=="[^"]*"\)\]|\[\d+\]|[^.[\]]+/g) ?? [];
  return steps.reduce<unknown>((current, step) => {
    const chosen = /^\[\?\(@\.(\w+)=="([^"]*)"\)\]$/.exec(step);
    if (chosen !== null) return objects(current).find(item => item[chosen[1] ?? ''] === chosen[2]);
    const index = /^\[(\d+)\]$/.exec(step);
    return index === null ? at(current)[step] : list(current)[Number(index[1])];
  }, object);
}

const count = (object: KubeObject, part: 'spec' | 'status', field: string) => numberAt(object[part], field) ?? 0;
const ratio = (title: string, ready: string, wanted: (object: KubeObject) => number): Column => ({
  name: title,
  of: object => `${count(object, 'status', ready)}/${wanted(object)}`,
});
const number = (title: string, part: 'spec' | 'status', field: string): Column => ({
  name: title,
  type: 'integer',
  of: object => count(object, part, field),
});
const word = (title: string, ...path: readonly string[]): Column => ({
  name: title,
  of: object => at(object, ...path.slice(0, -1))[path.at(-1) ?? ''],
});

const known: Readonly<Record<string, readonly Column[]>> = {
  pods: [
    {
      name: 'Ready',
      of: object => {
        const statuses = objects(at(object, 'status')['containerStatuses']);
        return `${statuses.filter(one => one['ready'] === true).length}/${list(at(object, 'spec')['containers']).length}`;
      },
    },
    { name: 'Status', of: podStatus },
    {
      name: 'Restarts',
      of: object =>
        String(
          objects(at(object, 'status')['containerStatuses']).reduce(
            (sum, one) => sum + Number(one['restartCount'] ?? 0),
            0,
          ),
        ),
    },
  ],
  'deployments.apps': [
    ratio('Ready', 'readyReplicas', object => count(object, 'spec', 'replicas')),
    number('Up-to-date', 'status', 'updatedReplicas'),
    number('Available', 'status', 'availableReplicas'),
  ],
  'statefulsets.apps': [ratio('Ready', 'readyReplicas', object => count(object, 'spec', 'replicas'))],
  'replicasets.apps': [
    number('Desired', 'spec', 'replicas'),
    number('Current', 'status', 'replicas'),
    number('Ready', 'status', 'readyReplicas'),
  ],
  'daemonsets.apps': [
    number('Desired', 'status', 'desiredNumberScheduled'),
    number('Current', 'status', 'currentNumberScheduled'),
    number('Ready', 'status', 'numberReady'),
    number('Up-to-date', 'status', 'updatedNumberScheduled'),
    number('Available', 'status', 'numberAvailable'),
  ],
  'jobs.batch': [
    {
      name: 'Status',
      of: object =>
        objects(at(object, 'status')['conditions']).find(one => one['status'] === 'True')?.['type'] ?? 'Running',
    },
    ratio('Completions', 'succeeded', object => numberAt(object['spec'], 'completions') ?? 1),
  ],
  services: [
    word('Type', 'spec', 'type'),
    word('Cluster-IP', 'spec', 'clusterIP'),
    {
      name: 'External-IP',
      of: object =>
        objects(at(object, 'status', 'loadBalancer')['ingress'])
          .map(one => one['ip'])
          .join(',') || '<none>',
    },
    {
      name: 'Port(s)',
      of: object =>
        objects(at(object, 'spec')['ports'])
          .map(({ port, protocol }) => `${port}/${protocol}`)
          .join(','),
    },
  ],
  namespaces: [word('Status', 'status', 'phase')],
  nodes: [
    {
      name: 'Status',
      of: object =>
        objects(at(object, 'status')['conditions']).some(one => one['type'] === 'Ready' && one['status'] === 'True')
          ? 'Ready'
          : 'NotReady',
    },
    word('Version', 'status', 'nodeInfo', 'kubeletVersion'),
  ],
  secrets: [
    word('Type', 'type'),
    { name: 'Data', type: 'integer', of: object => Object.keys(at(object, 'data')).length },
  ],
  configmaps: [{ name: 'Data', type: 'integer', of: object => Object.keys(at(object, 'data')).length }],
  persistentvolumeclaims: [
    word('Status', 'status', 'phase'),
    word('Volume', 'spec', 'volumeName'),
    word('Capacity', 'status', 'capacity', 'storage'),
    { name: 'Access Modes', of: object => strings(at(object, 'spec')['accessModes']).join(',') },
    word('StorageClass', 'spec', 'storageClassName'),
  ],
  events: [
    { name: 'Last Seen', of: (object, now) => ageOf(text(object['lastTimestamp']), now) },
    word('Type', 'type'),
    word('Reason', 'reason'),
    {
      name: 'Object',
      of: object => {
        const about = at(object, 'involvedObject');
        return `${String(about['kind'] ?? '').toLowerCase()}/${String(about['name'] ?? '')}`;
      },
    },
    word('Message', 'message'),
  ],
};

function podStatus(object: KubeObject): unknown {
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const statuses = [
    ...objects(at(object, 'status')['initContainerStatuses']),
    ...objects(at(object, 'status')['containerStatuses']),
  ];
  const waiting = statuses.map(one => at(one, 'state', 'waiting')['reason']).find(reason => reason !== undefined);
  if (waiting !== undefined) return waiting;
  const { phase } = at(object, 'status');
  return phase === 'Succeeded' ? 'Completed' : phase === 'Failed' ? 'Error' : phase;
}
