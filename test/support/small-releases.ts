import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { KubernetesView } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld } from './bundle.ts';

/** A platform of small releases on dev's cluster, which change in every way between two versions of the platform file. */
export interface ReleaseWorld extends BundleWorld {
  /** Writes that version of the platform file. */
  choose(version: Version): Promise<void>;
  readonly cluster: KubernetesView;
}

export type Version = 'first' | 'second';

const configMap = (name: string) => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { text: {{ .Values.text | default "none" | quote }} }
`;
const charts: Readonly<Record<string, string>> = {
  base: configMap('base'),
  app: `${configMap('app')}---
apiVersion: v1
kind: ConfigMap
metadata: { name: app-{{ .Values.text }} }
---
apiVersion: v1
kind: Secret
metadata: { name: app }
stringData: { password: "canary-{{ .Values.text }}-5f0a2c7e9b" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec: { containers: [{ name: app, image: "registry.example/app:1", resources: { requests: { cpu: 10m } } }] }
`,
  early: configMap('early'),
  late: configMap('late'),
};

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];
const release = (name: string, more = '') =>
  `      ${name}: { chart: ./charts/${name}, namespace: work, pod-security: privileged${more} }\n`;
/** `app` is upgraded, with one object less and one more; `early` goes, `late` comes; `base` stays as it is. */
const versions: Readonly<Record<Version, string>> = {
  first: release('app', ', needs: [base], values: { text: one }') + release('early', ', needs: [base]'),
  second: release('app', ', needs: [base], values: { text: two }') + release('late', ', needs: [base]'),
};
const begin = '    releases: # small\n';
const end = '    # small\n';
const blockOf = (version: Version) =>
  `${begin}${off.map(name => `      ${name}: false\n`).join('')}${release('base')}${versions[version]}${end}`;

/** With what a platform needs below it: shared and dev are applied, the releases are not. */
export async function openReleaseWorld(): Promise<ReleaseWorld> {
  const sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace(/( {2}dev:\n(?: {4}.*\n)*)/, dev => `${dev}${blockOf('first')}`),
  });
  sandbox.world.settings.operationMs = 0;
  for (const [chart, text] of Object.entries(charts)) {
    const folder = join(sandbox.checkout, 'charts', chart);
    await writeFileIn(join(folder, 'Chart.yaml'), `apiVersion: v2\nname: ${chart}\nversion: 1.0.0\n`);
    await writeFileIn(join(folder, 'templates', 'all.yaml'), text);
  }
  for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
  const [managed] = sandbox.world.azure.resources('Microsoft.ContainerService/managedClusters');
  if (managed === undefined) throw new Error('dev has no cluster.');
  return {
    ...sandbox,
    cluster: sandbox.world.kubernetes.of(managed.id),
    choose: version =>
      sandbox.edit('platform.yaml', text => {
        const [from, to] = [text.indexOf(begin), text.indexOf(end)];
        if (from < 0 || to < from) throw new Error('platform.yaml is not as this test expects it.');
        return text.slice(0, from) + blockOf(version) + text.slice(to + end.length);
      }),
  };
}

async function writeFileIn(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const compared = ['ConfigMap', 'Secret', 'Deployment', 'Namespace', 'ClusterRole', 'ClusterRoleBinding'];

/** What an apply leaves, without what differs from one apply to the next: revisions, times and runs. */
export function leftIn(cluster: KubernetesView): Readonly<Record<string, unknown>> {
  const left: Record<string, unknown> = {};
  const revisions = new Map<string, { readonly version: number; readonly status: string }[]>();
  for (const { kind, metadata, ...rest } of cluster.everything()) {
    const { namespace = '', name, labels = {} } = metadata;
    if (!compared.includes(kind)) continue;
    if (labels['owner'] === 'helm') {
      const all = revisions.get(labels['name'] ?? '') ?? [];
      all.push({ version: Number(labels['version']), status: labels['status'] ?? '' });
      revisions.set(labels['name'] ?? '', all);
      continue;
    }
    const { data, spec, rules, subjects, roleRef } = rest as Readonly<Record<string, unknown>>;
    const { record, ...other } = (data ?? {}) as Readonly<Record<string, string>>;
    const { run: _r, commit: _c, at: _a, ...kept } = record === undefined ? {} : JSON.parse(record);
    left[`${kind} ${namespace}/${name}`] = { data: other, record: kept, spec, rules, subjects, roleRef };
  }
  for (const [name, all] of revisions) {
    const statuses = all.toSorted((a, b) => a.version - b.version).map(({ status }) => status);
    // Those before the last one tell how it came to be.
    const unfinished = statuses.filter(status => /^pending-|uninstalling/.test(status));
    left[`Release ${name}`] = {
      last: statuses.at(-1),
      deployed: statuses.filter(status => status === 'deployed').length,
      unfinished,
    };
  }
  return left;
}
