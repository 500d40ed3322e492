import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asArray, asObject, asString } from '@suite/foundation';
import { openBundleWorld, reportOf, succeeded } from '../../test/support/bundle.ts';
import { attachControlPlane } from '../../test/support/control-plane/behind-azure.ts';
import { outcomeAnnotation, type RunningControlPlane, startControlPlane } from '../../test/support/control-plane.ts';
import { type BenchRelease, readyAfterAnnotation, writeCharts } from './helm-charts.ts';
import { helmValues } from './helm-peers.ts';

/** A real API server behind the sandbox's network, and `deploy-platform` as it ships. */
export interface HelmWorld {
  readonly control: RunningControlPlane;
  readonly charts: string;
  /** For what peers need. */
  readonly folder: string;
  /** Whether pods take their time to be ready. */
  setWaiting(isWaiting: boolean): Promise<void>;
  plan(): Promise<Planned>;
  apply(planned: Planned): Promise<void>;
  /** Nothing is left of what `uninstall` has taken away, nor of what earlier applies recorded. */
  settle(): Promise<void>;
  /** Names and versions of the Secrets in which Helm keeps its releases. */
  releaseSecrets(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface Planned {
  readonly digest: string;
  /** What the digest was made of. */
  readonly reviewed: string;
  readonly changes: readonly string[];
}

/** All that the platform has by itself is off, so that ours and the peers install the same. */
const builtIn = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];
const records = '/api/v1/namespaces/aks-platform/configmaps';

export async function openHelmWorld(releases: readonly BenchRelease[]): Promise<HelmWorld> {
  const sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/( {2}dev:\n(?: {4}.*\n)*)/, block => block + releasesOf(releases, false)),
  });
  const charts = join(sandbox.checkout, 'charts');
  let control: RunningControlPlane | undefined;
  const close = async () => {
    await sandbox.close();
    await control?.stop();
  };
  try {
    sandbox.world.settings.operationMs = 0;
    await writeCharts(releases, charts);
    for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
    control = await startControlPlane();
    await attachControlPlane(sandbox.world, control);
    takeTime(control);
  } catch (error) {
    await close();
    throw error;
  }
  const { api } = control;
  const run = async (inputs: Readonly<Record<string, string>>) =>
    succeeded(await sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: 'bench' }));
  return {
    control,
    charts,
    folder: join(sandbox.folder, 'peers'),
    setWaiting: isWaiting =>
      sandbox.edit('platform.yaml', text =>
        text.replace(/ {4}releases:\n(?: {6}.*\n)*/, releasesOf(releases, isWaiting)),
      ),
    plan: async () => {
      const result = await run({ command: 'plan' });
      const { digest = '', changes } = await reportOf(result);
      const { releases: reviewed = '' } = result.outputs;
      return { digest, reviewed, changes: changes.map(({ kind, address }) => `${kind} ${address}`) };
    },
    apply: async ({ digest, reviewed }) => {
      await run({ command: 'apply', 'expected-digest': digest, 'expected-releases': reviewed });
    },
    settle: async () => {
      await api.call('DELETE', records);
      for (const { name } of releases) {
        await api.until(`/api/v1/namespaces/${name}/pods`, isEmpty, 60).catch(error => {
          throw new Error(`Pods of ${name} stay.`, { cause: error });
        });
      }
      await settleDefinitions(api);
    },
    releaseSecrets: async () => {
      const found = await api.list('/api/v1/secrets?labelSelector=owner%3Dhelm');
      return found
        .map(secret => asObject(asObject(secret)['metadata']))
        .map(({ name, resourceVersion }) => `${asString(name)} ${asString(resourceVersion)}`)
        .sort();
    },
    close,
  };
}

const nameOf = (object: unknown) => asObject(asObject(object)['metadata'])['name'];
const isEmpty = (list: Readonly<Record<string, unknown>>) => asArray(list['items']).length === 0;

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/**
 * A definition that goes soon after it came ("storage is (re)initializing") is tried again at growing distances, up to minutes.
 * One that is touched is tried at once.
 */
async function settleDefinitions(api: HelmWorld['control']['api']): Promise<void> {
  for (let round = 0; round < 120; round++) {
    const left = (await api.list(definitions)).map(nameOf).filter(name => String(name).endsWith('.bench.example'));
    if (left.length === 0) return;
    for (const name of left) {
      const touched = { metadata: { annotations: { touched: String(round) } } };
      // It may be gone by then.
      await api.call('PATCH', `${definitions}/${name}`, touched).catch(() => undefined);
    }
    await sleep(1000);
  }
  throw new Error('Definitions stay.');
}

function releasesOf(releases: readonly BenchRelease[], isWaiting: boolean): string {
  const own = releases.map(release => {
    const { name, needs } = release;
    const said = { chart: `./charts/${name}`, namespace: name, 'pod-security': 'restricted', needs };
    return `      ${name}: ${JSON.stringify({ ...said, values: helmValues(release, isWaiting) })}\n`;
  });
  return `    releases:\n${builtIn.map(name => `      ${name}: false\n`).join('')}${own.join('')}`;
}

/** A pod that says so becomes ready that long after it was seen first. */
function takeTime(control: RunningControlPlane): void {
  const seen = new Set<string>();
  control.operate({
    resources: '/api/v1/pods',
    reconcile: async (pod, api) => {
      const { uid, name, namespace, annotations } = asObject(pod['metadata']);
      const after = Number(asObject(annotations)[readyAfterAnnotation]);
      const id = asString(uid) ?? '';
      if (!(after > 0) || seen.has(id)) return;
      seen.add(id);
      setTimeout(() => {
        const change = { metadata: { annotations: { [outcomeAnnotation]: null } } };
        // A pod that is gone by then needs no more.
        api.call('PATCH', `/api/v1/namespaces/${asString(namespace)}/pods/${asString(name)}`, change).catch(() => {});
      }, after);
    },
  });
}
