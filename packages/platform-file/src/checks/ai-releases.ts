import { isObject, type JsonObject, sentenceList } from '@suite/foundation';
import { type LoginRelease, loginSaid } from '../ai-releases.ts';
import type { Path } from '../position.ts';
import type { GpuPool } from '../resolved.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

/** Notebooks, MLflow, GPUs, and the secrets and sign-ins of all: what contradicts itself, or the environment. */
export function checkAiReleases(checker: Checker): void {
  for (const name of ['argo-cd', 'kube-prometheus-stack', 'jupyterhub', 'mlflow'] as const) checkLogin(checker, name);
  checkJupyterHub(checker);
  checkMlflow(checker);
  checkGpu(checker);
  checkSecrets(checker);
}

const titles: Readonly<Record<LoginRelease, string>> = {
  'argo-cd': 'Argo CD',
  'kube-prometheus-stack': 'Grafana',
  jupyterhub: 'JupyterHub',
  mlflow: 'MLflow',
};

function checkLogin(checker: Checker, name: LoginRelease): void {
  const { view, merged, report } = checker;
  const given = loginSaid(name, merged.releases ?? {});
  if (given === undefined) return;
  const setting: Path = ['releases', name, 'login'];
  if (given['client-id'] === undefined) {
    report(setting, 'A sign-in needs its application in Entra.', 'Add `client-id: …`, which `bootstrap` prints.');
  }
  if (view.dns === undefined) {
    report(
      setting,
      `Entra sends people back to a host name of ${titles[name]}, and there is no domain.`,
      'Add `domain: …` to the platform file, or remove `login`.',
    );
  }
  const groups = [...(given.allowed ?? view.admins), ...(given.admins ?? view.admins)];
  if (groups.length === 0) {
    report(
      setting,
      `Nobody could sign in to ${titles[name]}: there is no group.`,
      'Name Entra groups under `allowed`, or under `admins` of the environment.',
    );
  }
  if (name === 'kube-prometheus-stack') {
    for (const key of ['secret', 'vault-secret'] as const) {
      if (given[key] === undefined) continue;
      report([...setting, key], 'Grafana signs in with the token of its pod and has no secret.', `Remove \`${key}\`.`);
    }
    if (given.admins !== undefined) {
      report(
        [...setting, 'admins'],
        'Grafana takes roles from the application in Entra, not from groups.',
        'Give people the role `Admin` of the application there, and remove `admins`.',
      );
    }
    if (!view.cluster.features.workloadIdentity) {
      report(
        setting,
        'Grafana signs in with the token of its pod, and workload identity is off.',
        'Remove `workload-identity: false`, or `login`.',
      );
    }
  }
  if (given['vault-secret'] !== undefined) checkBringing(checker, [...setting, 'vault-secret']);
}

/** Whether secrets of the vault can be brought to the cluster at all. */
function checkBringing({ view, merged, report }: Checker, setting: Path): void {
  const { secretsProvider, workloadIdentity } = view.cluster.features;
  if (merged.releases?.secrets === false) {
    report(setting, '`secrets` brings it to the cluster, and is off.', 'Remove `secrets: false`.');
  } else if (secretsProvider === undefined) {
    report(
      setting,
      'The Key Vault Secrets Provider brings it to the cluster, and is off.',
      'Remove `cluster.features.key-vault-secrets: false`.',
    );
  } else if (!workloadIdentity) {
    report(
      setting,
      'It is read with workload identity, and that is off.',
      'Remove `cluster.features.workload-identity: false`.',
    );
  }
}

function checkJupyterHub(checker: Checker): void {
  const { view, merged, report } = checker;
  const hub = view.releases.jupyterHub;
  if (hub === undefined) return;
  const setting: Path = ['releases', 'jupyterhub'];
  const ownPath = ['hub', 'config', 'JupyterHub', 'authenticator_class'] as const;
  const own = at(hub.values, ...ownPath);
  // The hub is reached from the Internet once there are routes, so values may not open it over a login either.
  if (own !== undefined && !isSignIn(own)) {
    report(
      [...setting, 'values', ...ownPath],
      `With ${typeof own === 'string' ? quote(own) : 'this'} as its authenticator JupyterHub asks nobody who they are.`,
      'Name another one, or remove it and add `login: { client-id: … }`.',
    );
  } else if (loginSaid('jupyterhub', merged.releases ?? {}) === undefined && own === undefined) {
    report(
      setting,
      'Without a login JupyterHub lets everybody in, under any name.',
      'Add `login: { client-id: … }`, or choose another way in under `values.hub.config.JupyterHub.authenticator_class`.',
    );
  }
  if (!view.cluster.features.csi.disk) {
    report(
      setting,
      'Notebooks and the hub keep their data on disks, whose driver is off.',
      'Remove `cluster.features.csi.disk: false`, or `jupyterhub`.',
    );
  }
  if (hub.startTimeoutSeconds > 3600) {
    report(
      [...setting, 'start-timeout'],
      `Nobody waits ${hub.startTimeoutSeconds / 60} minutes for a notebook.`,
      'Use 1m to 60m.',
    );
  }
  const said = typeof merged.releases?.jupyterhub === 'object' ? merged.releases.jupyterhub.profiles : undefined;
  if (said?.length === 0) {
    report(
      [...setting, 'profiles'],
      'Without a profile nobody can start a notebook.',
      'Remove `profiles`, or add one.',
    );
  }
  for (const [index, { name, gpus }] of hub.profiles.entries()) {
    const place: Path = [...setting, 'profiles', index];
    if (name === '') {
      if (checker.isSound([...place, 'name'])) report(place, 'A profile needs a `name`.', 'Add one.');
      continue;
    }
    if (hub.profiles.findIndex(other => slugOf(other.name) === slugOf(name)) < index) {
      report([...place, 'name'], `There are two profiles ${quote(name)}.`, 'Give one another name.');
    }
    if (gpus > 0 && view.cluster.pools.gpu === undefined) {
      report(
        [...place, 'gpus'],
        `The profile ${quote(name)} wants GPUs, and there is no GPU pool.`,
        'Remove `cluster.pools.gpu: false`, or the GPUs.',
      );
    }
  }
}

/**
 * Whether an authenticator asks people for something: not those of JupyterHub that take every name or nobody's (`dummy`, `null`), by
 * whichever name, and not the removed value, in whose place the chart's default is `dummy`.
 */
function isSignIn(authenticator: unknown): boolean {
  if (typeof authenticator !== 'string') return false;
  const last = authenticator.trim().toLowerCase().split('.').at(-1) ?? '';
  return !['', 'dummy', 'null', 'none'].includes(last.replace(/authenticator$/, ''));
}

/** As the hub tells profiles apart. */
function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function checkMlflow({ view, report }: Checker): void {
  const { mlflow } = view.releases;
  if (mlflow === undefined) return;
  const setting: Path = ['releases', 'mlflow'];
  const identity = view.workloads.mlflow !== undefined;
  if (mlflow.database === 'flexible-server') {
    if (view.database === undefined) {
      report(
        [...setting, 'database'],
        'There is no PostgreSQL server for MLflow.',
        'Add `database: true` to the environment, or `database: cluster` here.',
      );
    } else if (!identity) {
      report(
        [...setting, 'database'],
        'The server takes identities of Entra alone, and MLflow has none: that needs workload identity and `storage`.',
        'Remove `workload-identity: false` and `storage: false`, or say `database: cluster`.',
      );
    }
  }
  if (mlflow.artifacts === 'blob') {
    if (view.cloud !== 'public') {
      // community-charts/mlflow, templates/_helpers.tpl: `wasbs://…@….blob.core.windows.net`, without a value for it.
      report(
        [...setting, 'artifacts'],
        `The chart of MLflow knows storage accounts of the public cloud alone, and this is \`${view.cloud}\`.`,
        'Say `artifacts: cluster`.',
      );
    } else if (view.storage === undefined) {
      report(
        [...setting, 'artifacts'],
        'There is no storage account for artifacts.',
        'Remove `storage: false`, or say `artifacts: cluster`.',
      );
    } else if (!identity) {
      report(
        [...setting, 'artifacts'],
        'The storage account takes identities of Entra alone, and without workload identity MLflow has none.',
        'Remove `workload-identity: false`, or say `artifacts: cluster`.',
      );
    }
  }
  const kept = [
    ...(mlflow.database === 'cluster' ? ['experiments'] : []),
    ...(mlflow.artifacts === 'cluster' ? ['artifacts'] : []),
  ];
  if (kept.length > 0 && !view.cluster.features.csi.disk) {
    report(
      setting,
      `In the cluster ${sentenceList(kept)} are kept on disks, whose driver is off.`,
      'Remove `cluster.features.csi.disk: false`, or use the services of Azure.',
    );
  }
}

const drivers = { Install: 'AKS', None: 'the GPU operator' } as const;

/** One owner of the driver: AKS or the operator. */
function checkGpu({ view, merged, report }: Checker): void {
  const { gpu } = view.releases;
  if (gpu === undefined) return;
  const setting: Path = ['releases', 'gpu'];
  const pool = view.cluster.pools.gpu;
  if (pool === undefined) {
    report(setting, 'There is no GPU pool.', 'Remove `cluster.pools.gpu: false`, or `gpu`.');
    return;
  }
  const beside = pool.replacement as GpuPool | undefined;
  if (beside !== undefined && beside.driver !== pool.driver) {
    report(
      setting,
      `The GPU pool has its driver from ${drivers[pool.driver]}, and the one that replaces it from ${drivers[beside.driver]}: one release cannot do both.`,
      'Give both the same `driver`, or switch `gpu` off until the pool is replaced.',
    );
  }
  if (gpu.stack === 'device-plugin' && pool.driver === 'None') {
    report(
      [...setting, 'stack'],
      'Nobody installs the driver: `cluster.pools.gpu.driver` is none, and the device plugin brings no driver.',
      'Say `stack: operator`, or `driver: install` for the pool.',
    );
  }
  const said = typeof merged.releases?.gpu === 'object' ? merged.releases.gpu : undefined;
  if (gpu.stack === 'operator') {
    if (said?.exporter !== undefined) {
      report(
        [...setting, 'exporter'],
        'The operator brings its own exporter.',
        'Remove it, or say `stack: device-plugin`.',
      );
    }
    for (const part of ['driver', 'toolkit'] as const) {
      const wanted = at(gpu.values, part, 'enabled');
      if (wanted === true && pool.driver === 'Install') {
        report(
          [...setting, 'values', part, 'enabled'],
          `AKS installs the ${part} on these nodes, and the operator would install it again.`,
          'Remove it, or set `cluster.pools.gpu.driver: none`, which replaces the pool.',
        );
      }
      if (wanted === false && pool.driver === 'None') {
        report(
          [...setting, 'values', part, 'enabled'],
          `Nobody would install the ${part}: \`cluster.pools.gpu.driver\` is none.`,
          'Remove it, or set `cluster.pools.gpu.driver: install`, which replaces the pool.',
        );
      }
    }
  }
}

function checkSecrets(checker: Checker): void {
  const { view, merged, report, isSound } = checker;
  const said = merged.releases?.secrets;
  if (said === undefined || said === false) return;
  const setting: Path = ['releases', 'secrets'];
  const entries = Object.entries((typeof said === 'object' ? said.entries : undefined) ?? {});
  const found = view.releases.secrets;
  if (found === undefined && entries.length === 0) {
    report(setting, '`secrets` brings nothing.', 'Add `entries`, or remove it.');
    return;
  }
  if (entries.length > 0) checkBringing(checker, setting);
  const { argoCd, metrics, jupyterHub, mlflow } = view.releases;
  const there = {
    argocd: argoCd !== undefined,
    monitoring: metrics !== undefined,
    'ai-tools': jupyterHub !== undefined || mlflow !== undefined,
  };
  for (const [name, { namespace, keys }] of entries) {
    const place: Path = [...setting, 'entries', name];
    if (namespace === undefined) {
      if (isSound([...place, 'namespace'])) report(place, `${quote(name)} has no \`namespace\`.`, 'Name one.');
    } else if (!there[namespace]) {
      report(
        [...place, 'namespace'],
        `No release is in the namespace ${quote(namespace)}.`,
        'Switch one on there, or remove the entry.',
      );
    }
    if (Object.keys(keys ?? {}).length === 0 && isSound([...place, 'keys'])) {
      report(
        place,
        `${quote(name)} has no \`keys\`.`,
        'Name a key and the secret that it holds: `keys: { key: secret }`.',
      );
    }
    if (
      found !== undefined &&
      found.entries.filter(one => one.name === name && one.namespace === namespace).length > 1
    ) {
      report(place, `A \`login\` brings ${quote(name)} already.`, 'Remove one of the two.');
    }
  }
}

function at(values: JsonObject, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, step) => (isObject(current) ? current[step] : undefined), values);
}
