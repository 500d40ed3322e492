import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { asArray, asObject } from '@suite/foundation';
import type { StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, succeeded } from '../../support/bundle.ts';
import { administrators, giveAdministrators, roleBindings } from '../../support/control-plane/behind-azure.ts';
import {
  changesBetween,
  controlPlaneNeeds,
  differingPaths,
  hasControlPlane,
  type RunningControlPlane,
  type Snapshot,
  snapshotOf,
} from '../../support/control-plane.ts';
import type { PlayedPlatform } from '../../support/played-platform.ts';
import { announced, openRealPlatform, type Planned, type RealPlatform } from '../../support/real-platform.ts';

/**
 * The releases that every platform has by default, by `deploy-platform` as it ships, on a real control plane behind the name that
 * Azure gives the cluster: what a plan announces is what the API server does. Each test goes on from the one before it.
 */
const suite = hasControlPlane ? describe : describe.skip;

const grafana = 'monitoring/kube-prometheus-stack-grafana';
const containers = 'spec.template.spec.containers';
const webhookConfigurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const chartFolder = join(import.meta.dirname, '../../../packages/sandbox/charts/cert-manager');

suite(`the platform's own releases on the real API server (${controlPlaneNeeds})`, () => {
  let real: RealPlatform;
  let sandbox: BundleWorld;
  let control: RunningControlPlane;
  let platform: PlayedPlatform;
  /** What the platform file says of them. */
  const settings = {
    'argo-cd': {
      values: {
        server: { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 3 } },
        notifications: { podLabels: {} as Record<string, string>, image: {} },
      },
    },
    'cert-manager': { values: {} } as { version?: string; digest?: string; values: object },
    'kube-prometheus-stack': { retention: '15d', values: { grafana: {} as object } },
    issuers: { values: {} },
    late: { chart: './charts/late', namespace: 'late', needs: ['argo-cd'], values: { text: 'one' } },
    hooked: {
      chart: './charts/hooked',
      namespace: 'hooked',
      'pod-security': 'baseline',
      values: { image: 'registry.example/hook:1' },
    },
    guard: {
      chart: './charts/guard',
      namespace: 'guard',
      'pod-security': 'baseline',
      values: { size: '1', caBundle: '' },
    },
  };

  let silenceGuard: () => void;
  const answerForGuard = () =>
    control.serveWebhook({ namespace: 'guard', name: 'guard', review: () => ({ allowed: true }) });

  beforeAll(async () => {
    real = await openRealPlatform({
      releases: '{}',
      machine: 'releases',
      prepare: async ({ checkout }) => {
        await writeChart(join(checkout, 'charts', 'late'), late);
        await writeChart(join(checkout, 'charts', 'hooked'), hooked);
        await writeChart(join(checkout, 'charts', 'guard'), guard);
      },
    });
    ({ sandbox, control, platform } = real);
    settings.guard.values.caBundle = Buffer.from(control.caCertificate).toString('base64');
    silenceGuard = answerForGuard();
    await configure();
  });
  afterAll(() => real?.close());

  const configure = () =>
    sandbox.edit('platform.yaml', text =>
      text.replace(/^ {4}releases: .*$/m, `    releases: ${JSON.stringify(settings)}`),
    );
  const run: RealPlatform['run'] = (inputs, options) => real.run(inputs, options);
  const plan = () => real.plan();
  const apply: RealPlatform['apply'] = (planned, options) => real.apply(planned, options);
  const snapshot = () => snapshotOf(control.api, 'helm');
  const releasesOf = ({ changes }: ChangeReport) => [...new Set(changes.map(({ address }) => address.split('/')[0]))];
  /** What the API server has been asked for meanwhile. */
  const during = async <T>(work: () => Promise<T>) => {
    const from = (await control.audited()).length;
    const result = await work();
    return { result, asked: (await control.audited()).slice(from) };
  };
  const releaseSecrets = async () =>
    (await control.api.list('/api/v1/secrets?labelSelector=owner%3Dhelm')).map(secret => {
      const { name, resourceVersion } = asObject(asObject(secret)['metadata']);
      return `${name} ${resourceVersion}`;
    });

  /** Plans and applies, and holds the one to the other. */
  const applyAsAnnounced = async (): Promise<Planned> => {
    const report = await plan();
    const before = await snapshot();
    succeeded(await apply(report));
    const after = await snapshot();
    expect(changesBetween(before, after)).toEqual(announced(report));
    expect(deviations(report, before, after)).toEqual([]);
    return report;
  };

  test('a plan of a cluster with nothing in it writes nothing, and asks for no Secret', async () => {
    const { result, asked } = await during(plan);
    expect(result.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
    expect(asked.filter(({ verb, resource }) => !isRead(verb) || resource === 'secrets')).toEqual([]);
    expect(announced(result).every(line => line.startsWith('create '))).toBe(true);
  });

  test('what was planned is created, and all of it is ready', async () => {
    await applyAsAnnounced();
    succeeded(await run({ command: 'verify' }));
  });

  test('then nothing is to do; the plan still needs no right to write, and no Secret', async () => {
    await control.api.until(
      '/apis/apps/v1/namespaces/argocd/deployments/argocd-server',
      ({ spec }) => asObject(spec)['replicas'] === 2,
    );
    const { result: report, asked } = await during(plan);
    expect([report.verdict, announced(report)]).toEqual(['no-changes', []]);
    expect(report.checks.filter(({ status }) => status === 'unknown')).toEqual([]);
    expect(asked.filter(({ verb, resource }) => !isRead(verb) || resource === 'secrets')).toEqual([]);
    expect(asked.filter(({ status }) => status === 403)).toEqual([]);
    const [before, secrets] = [await snapshot(), await releaseSecrets()];
    const log = succeeded(await apply(report)).log.join('\n');
    for (const release of platformReleases) expect(log).toContain(`${release}: unchanged and ready`);
    const after = await snapshot();
    expect(versionsOf(after)).toEqual(versionsOf(before));
    expect(await releaseSecrets()).toEqual(secrets);
  });

  test('a value touches one release', async () => {
    settings['kube-prometheus-stack'] = {
      retention: '30d',
      values: {
        grafana: {
          replicas: 2,
          env: { GF_LOG_LEVEL: 'debug' },
          service: { port: 81 },
          serviceMonitor: { enabled: false },
        },
      },
    };
    await configure();
    const report = await applyAsAnnounced();
    expect(
      report.changes.map(({ kind, title, attributes }) => [kind, title, attributes.map(({ path }) => path)]),
    ).toEqual([
      ['update', `Service ${grafana}`, ['spec.ports[81/TCP]', 'spec.ports[80/TCP]']],
      ['update', `Deployment ${grafana}`, ['spec.replicas', `${containers}[grafana].env[GF_LOG_LEVEL]`]],
      ['update', 'Prometheus monitoring/kube-prometheus-stack-prometheus', ['spec.retention']],
      ['delete', `ServiceMonitor ${grafana}`, []],
    ]);
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
  });

  test('a newer chart touches its release, and leaves what the injector has written', async () => {
    const { charts } = sandbox.world;
    const { version, digest } = charts.publish(charts.pack('cert-manager', await newerChart()));
    Object.assign(settings['cert-manager'], { version, digest });
    await configure();
    const report = await applyAsAnnounced();
    expect(releasesOf(report)).toEqual(['cert-manager']);
    const pathsOf = (title: string) =>
      report.changes.find(one => one.title === title)?.attributes.map(({ path }) => path) ?? [];
    expect(pathsOf('Deployment cert-manager/cert-manager-webhook')).toEqual(
      expect.arrayContaining([
        `${containers}[cert-manager-webhook].image`,
        `${containers}[cert-manager-webhook].ports[6080/TCP]`,
      ]),
    );
    expect(pathsOf('ValidatingWebhookConfiguration cert-manager-webhook')).toContain(
      'webhooks[webhook.cert-manager.io].timeoutSeconds',
    );
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
    for (const name of ['cert-manager-webhook', 'kube-prometheus-stack-admission']) {
      const { webhooks } = await control.api.get(`${webhookConfigurations}/${name}`);
      const configs = asArray(webhooks).map(webhook => asObject(asObject(webhook)['clientConfig']));
      expect(configs.filter(({ caBundle }) => caBundle === undefined)).toEqual([]);
    }
  });

  test('a newer chart brings its definitions of `crds/` along, which Helm leaves as they were', async () => {
    await writeChart(join(sandbox.checkout, 'charts', 'late'), newerLate);
    const report = await plan();
    const before = await snapshot();
    succeeded(await apply(report));
    expect(changesBetween(before, await snapshot())).toEqual(announced(report));
    expect(announced(report)).toEqual([
      'create CustomResourceDefinition tags.late.example',
      'create Note late/first',
      'create Tag late/first',
      'update CustomResourceDefinition notes.late.example',
    ]);
    expect(await control.api.get('/apis/late.example/v1/namespaces/late/notes/first')).toMatchObject({
      spec: { text: 'one', author: 'somebody' },
    });
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
  });

  test('what people changed by hand is named in the plan, and taken back', async () => {
    const { api } = control;
    const certManager = '/apis/apps/v1/namespaces/cert-manager/deployments/cert-manager';
    const operator = '/apis/apps/v1/namespaces/monitoring/deployments/kube-prometheus-stack-operator';
    const settingsOfArgo = '/api/v1/namespaces/argocd/configmaps/argocd-cm';
    await api.call('PATCH', `${settingsOfArgo}?fieldManager=kubectl-edit`, {
      metadata: { labels: { team: 'blue' } },
      data: { 'timeout.reconciliation': '5s' },
    });
    await api.call('PATCH', `${operator}/scale?fieldManager=kubectl`, { spec: { replicas: 3 } });
    const image = { name: 'cert-manager-controller', image: 'quay.io/other/cert-manager-controller:v9' };
    const applied = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { template: { spec: { containers: [image] } } },
    };
    await api.call(
      'PATCH',
      `${certManager}?fieldManager=gitops&force=true`,
      JSON.stringify(applied),
      'application/apply-patch+yaml',
    );
    await api.call('DELETE', '/api/v1/namespaces/cert-manager/services/cert-manager-cainjector');
    const report = await applyAsAnnounced();
    expect(announced(report)).toEqual([
      'create Service cert-manager/cert-manager-cainjector',
      'update ConfigMap argocd/argocd-cm',
      'update Deployment cert-manager/cert-manager',
      'update Deployment monitoring/kube-prometheus-stack-operator',
    ]);
    expect(report.checks.filter(({ id }) => id.endsWith('taken-back')).map(({ message }) => message)).toEqual([
      `The apply takes back ${containers}[cert-manager-controller].image of Deployment cert-manager/cert-manager from \`gitops\`.`,
      'The apply takes back spec.replicas of Deployment monitoring/kube-prometheus-stack-operator from `kubectl`.',
      'The apply takes back data["timeout.reconciliation"] of ConfigMap argocd/argocd-cm from `kubectl-edit`.',
    ]);
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
    expect(await api.get(settingsOfArgo)).toMatchObject({ metadata: { labels: { team: 'blue' } } });
  });

  test('what cannot be begun is one message, and nothing is changed', async () => {
    const before = await snapshot();
    const said = async (running: Promise<StepResult>) => {
      const result = await running;
      return [result.conclusion, errors(result)];
    };
    const good = structuredClone(settings['cert-manager']);
    settings['cert-manager'] = { ...good, values: { replicaCounts: 2 } };
    await configure();
    expect(await said(run({ command: 'plan' }))).toEqual([
      'failure',
      [
        expect.stringMatching(
          /^\d+:\d+: Chart cert-manager v1\.21\.2: cert-manager has no value `replicaCounts`\. Did you mean `replicaCount`\?$/,
        ),
      ],
    ]);
    settings['cert-manager'] = good;
    settings['kube-prometheus-stack'].retention = '31d';
    await configure();
    const report = await plan();
    await control.api.call('DELETE', `${roleBindings}/${administrators}`);
    expect(await said(apply(report))).toEqual([
      'failure',
      [
        expect.stringMatching(
          /^The apply identity of dev in westeurope could not list configmaps in aks-platform on \S+: configmaps is forbidden: User "\S+" cannot list .* It needs the role `Azure Kubernetes Service RBAC Cluster Admin` over the cluster\./,
        ),
      ],
    ]);
    await giveAdministrators(control);
    const fault = sandbox.world.faults.add({ match: ({ host }) => host.endsWith('.azmk8s.io'), answer: 'reset' });
    expect(await said(apply(report))).toEqual([
      'failure',
      [
        expect.stringMatching(
          / cannot be reached from this runner \(ECONNRESET\)\. .* set `runner:` of the environment/,
        ),
      ],
    ]);
    fault.remove();
    expect(changesBetween(before, await snapshot())).toEqual([]);
  });

  test('what may pass by itself is named while it is waited for: a webhook, a node, a quota', async () => {
    settings['kube-prometheus-stack'].values.grafana = { podAnnotations: { moved: 'yes' } };
    settings.hooked.values = { image: 'registry.example/hook:2' };
    await configure();
    const report = await plan();
    const users = await control.api.list('/api/v1/nodes?labelSelector=agentpool%3Duser');
    const cordon = (unschedulable: boolean) =>
      Promise.all(
        users.map(node => {
          const { name } = asObject(asObject(node)['metadata']);
          return control.api.call('PATCH', `/api/v1/nodes/${name}`, { spec: { unschedulable } });
        }),
      );
    await cordon(true);
    const quotas = '/api/v1/namespaces/hooked/resourcequotas';
    await control.api.create(quotas, { metadata: { name: 'full' }, spec: { hard: { pods: '0' } } });
    await control.api.until(`${quotas}/full`, ({ status }) => asObject(status)['hard'] !== undefined);
    const speak = platform.silenceCertManager();
    const named: string[] = [];
    const onLine = (line: string) => {
      if (!/^\S+: .*waiting for /.test(line)) return;
      named.push(line);
      if (/failed calling webhook/.test(line)) speak();
      if (/^kube-prom.*Unschedulable: 0\/3 nodes are available/.test(line)) void cordon(false);
      if (/exceeded quota/.test(line)) void control.api.call('DELETE', `${quotas}/full`);
    };
    succeeded(await apply(report, { onLine }));
    expect(named).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^cert-manager: waiting for a dry run of Issuer \(/),
        expect.stringMatching(
          /^kube-prometheus-stack: waiting for (?:.* and )?pod kube-prometheus-stack-grafana-\S+ \(.*0\/3 nodes are available/,
        ),
        expect.stringMatching(/^hooked: upgrading hooked 1\.0\.0, waiting for pods of Job hooked\/prepare \(/),
      ]),
    );
  });

  test('a webhook that is down, and guards what its own release changes, is repaired by its upgrade', async () => {
    const deployment = '/apis/apps/v1/namespaces/guard/deployments/guard';
    await control.api.call('PATCH', `${deployment}/scale?fieldManager=kubectl`, { spec: { replicas: 0 } });
    await control.api.until(deployment, ({ status }) => asObject(status)['readyReplicas'] === undefined);
    const endpoints = '/apis/discovery.k8s.io/v1/namespaces/guard/endpointslices';
    await control.api.until(endpoints, ({ items }) => !JSON.stringify(items).includes('"ready":true'));
    settings.guard.values.size = '2';
    await configure();
    const report = await plan();
    expect(announced(report)).toEqual(['update Deployment guard/guard', 'update Rule guard/first']);
    expect(
      report.checks.filter(({ id }) => id.startsWith('release/guard/webhook')).map(({ message }) => message),
    ).toEqual([
      'The webhook `rules.guard.example` of `guard` has no pod that is ready, and guards `Rule guard/first`. The apply upgrades what answers for it first, waits until it does, and then applies the rest.',
    ]);
    // Its new pod is ready before it answers, so that Helm meets the silence, too.
    silenceGuard();
    const onLine = (line: string) => {
      if (/guard: tried again once the webhook answers/.test(line)) answerForGuard();
    };
    const log = succeeded(await apply(report, { onLine })).log.join('\n');
    expect(log).toMatch(
      /guard: tried again once the webhook answers: Release guard in guard: the admission webhook rules\.guard\.example does not answer/,
    );
    expect(log).toMatch(
      /guard: 1 object cannot be tried before it is upgraded: the webhook `rules\.guard\.example` does not answer \(.*The Service guard\/guard has no ready pod/,
    );
    expect(await control.api.get('/apis/guard.example/v1/namespaces/guard/rules/first')).toMatchObject({
      spec: { size: '2' },
    });
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
  });

  test('what is broken says its first cause; what needs it is not begun; what holds no data goes back', async () => {
    settings['kube-prometheus-stack'].values.grafana = { image: { registry: 'nowhere.invalid' } };
    settings['argo-cd'].values.notifications = { podLabels: {}, image: { repository: 'nowhere.invalid/argocd' } };
    settings.issuers.values = { acme: { email: 'somebody@example.com' } };
    settings.hooked.values = { image: 'nowhere.invalid/hook:1' };
    settings.late.values = { text: 'two' };
    await configure();
    const report = await plan();
    const before = await snapshot();
    const mend = platform.breakCertManagerOn('ClusterIssuer');
    const result = await apply(report);
    mend();
    expect(result.conclusion).toBe('failure');
    const unpullable = (pod: string, container: string, image: string) =>
      String.raw`Pod ${pod}-\S+, container ${container} does not run: ImagePullBackOff: Back-off pulling image "nowhere\.invalid/${image}": .* not found\.`;
    const expected = [
      String.raw`^issuers: The apply identity of dev in westeurope could not apply ClusterIssuer letsencrypt-\w+ on \S+: .* failed calling webhook "webhook\.cert-manager\.io": .*"no memory left".* late was not begun: it needs argo-cd\. See that the pods that answer for it are ready, and that the API server may reach them\.$`,
      `^kube-prometheus-stack: ${unpullable('monitoring/kube-prometheus-stack-grafana', 'grafana', 'grafana/grafana:13.2.0')} kube-prometheus-stack holds data and stays as it is\\.$`,
      `^argo-cd: ${unpullable('argocd/argocd-notifications-controller', 'notifications-controller', 'argocd:v3.4.4')} argo-cd was brought back to revision 2 \\(argo-cd-10\\.1\\.1\\), and is ready again\\.$`,
      `^hooked: ${unpullable('hooked/prepare', 'prepare', 'hook:1')} hooked was brought back to revision 2 \\(hooked-1\\.0\\.0\\), and is ready again\\.$`,
    ];
    expect(errors(result)).toEqual(expected.map(text => expect.stringMatching(new RegExp(text))));
    expect(changesBetween(before, await snapshot())).toEqual([`update Deployment ${grafana}`]);
  });

  test('the next apply puts it right', async () => {
    settings['kube-prometheus-stack'].values.grafana = {};
    settings['argo-cd'].values.notifications = { podLabels: { mended: 'yes' }, image: {} };
    settings.hooked.values = { image: 'registry.example/hook:3' };
    await configure();
    expect(announced(await applyAsAnnounced())).toEqual([
      'update ClusterIssuer letsencrypt-prod',
      'update ClusterIssuer letsencrypt-staging',
      'update ConfigMap hooked/hooked',
      'update ConfigMap late/late',
      'update Deployment argocd/argocd-notifications-controller',
      `update Deployment ${grafana}`,
      'update Note late/first',
      'update Tag late/first',
    ]);
    expect(await plan()).toMatchObject({ verdict: 'no-changes' });
    succeeded(await run({ command: 'verify' }));
  });
});

const platformReleases = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];

const lateDefinition = (kind: string, fields: readonly string[]) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${kind.toLowerCase()}s.late.example }
spec:
  group: late.example
  scope: Namespaced
  names: { plural: ${kind.toLowerCase()}s, singular: ${kind.toLowerCase()}, kind: ${kind}, listKind: ${kind}List }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties: { ${fields.map(field => `${field}: { type: string }`).join(', ')} }
`;

/** A webhook that guards what its own chart brings. */
const guard = {
  'Chart.yaml': 'apiVersion: v2\nname: guard\nversion: 1.0.0\n',
  'crds/rules.yaml': lateDefinition('Rule', ['size']).replaceAll('late.example', 'guard.example'),
  'templates/all.yaml': `apiVersion: v1
kind: Service
metadata: { name: guard }
spec: { selector: { app: guard }, ports: [{ port: 443 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: guard }
spec:
  replicas: 1
  selector: { matchLabels: { app: guard } }
  template:
    metadata: { labels: { app: guard } }
    spec: { containers: [{ name: guard, image: "registry.example/guard:1", resources: { requests: { cpu: 10m } } }] }
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: { name: guard, annotations: { admissions.enforcer/disabled: "true" } }
webhooks:
  - name: rules.guard.example
    clientConfig: { service: { namespace: guard, name: guard, path: /, port: 443 }, caBundle: {{ .Values.caBundle }} }
    rules: [{ apiGroups: [guard.example], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [rules], scope: "*" }]
    failurePolicy: Fail
    matchPolicy: Equivalent
    admissionReviewVersions: [v1]
    sideEffects: None
    timeoutSeconds: 5
    namespaceSelector: {}
    objectSelector: {}
---
apiVersion: guard.example/v1
kind: Rule
metadata: { name: first }
spec: { size: {{ .Values.size | quote }} }
`,
};

/** A chart with a definition in `crds/`. */
const late = {
  'Chart.yaml': 'apiVersion: v2\nname: late\nversion: 1.0.0\n',
  'crds/notes.yaml': lateDefinition('Note', ['text']),
  'templates/all.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: late }\ndata: { text: {{ .Values.text }} }\n',
};

const lateObject = (kind: string) => `---
apiVersion: late.example/v1
kind: ${kind}
metadata: { name: first }
spec: { text: {{ .Values.text }}, author: somebody }
`;

/** Its next version, which needs a field that the old definition would drop, and a kind that there was not. */
const newerLate = {
  'Chart.yaml': 'apiVersion: v2\nname: late\nversion: 1.1.0\n',
  'crds/notes.yaml': lateDefinition('Note', ['text', 'author']),
  'crds/tags.yaml': lateDefinition('Tag', ['text', 'author']),
  'templates/all.yaml': `${late['templates/all.yaml']}${lateObject('Note')}${lateObject('Tag')}`,
};

/** A job before each upgrade. */
const hooked = {
  'Chart.yaml': 'apiVersion: v2\nname: hooked\nversion: 1.0.0\n',
  'templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: hooked }
data: { image: {{ .Values.image }} }
---
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations: { helm.sh/hook: pre-upgrade, helm.sh/hook-delete-policy: before-hook-creation }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: prepare, image: {{ .Values.image }} }]
`,
};

function isRead(verb: string): boolean {
  return ['get', 'list', 'watch'].includes(verb);
}

/** Where the objects that were there before and after differ from what was announced of their fields. */
function deviations({ changes }: ChangeReport, before: Snapshot, after: Snapshot): string[] {
  const said = new Map(changes.map(({ title, attributes }) => [title, attributes]));
  return [...before].flatMap(([title, old]) => {
    const now = after.get(title);
    if (now === undefined) return [];
    const attributes = said.get(title) ?? [];
    const announced = attributes.map(({ path }) => path);
    const done = differingPaths(old.content, now.content);
    const overlaps = (one: string, others: Iterable<string>) =>
      [...others].some(other => isIn(one, other) || isIn(other, one));
    const set = attributes.filter(({ after: value }) => value.is !== 'absent').map(({ path }) => path);
    // Of labels and annotations no generation is made.
    const isTouched = announced.some(path => !path.startsWith('metadata.'));
    const hasMoved = old.generation !== now.generation;
    return [
      ...done.filter(path => !announced.some(one => isIn(path, one))).map(path => `not announced: ${path}`),
      ...announced.filter(path => !overlaps(path, done)).map(path => `not done: ${path}`),
      ...set.filter(path => !overlaps(path, now.owned)).map(path => `not Helm's: ${path}`),
      ...(hasMoved && !isTouched ? ['another generation'] : []),
      ...(!hasMoved && isTouched && old.generation !== undefined ? ['the same generation'] : []),
    ].map(text => `${title}: ${text}`);
  });
}

/** Whether a field is another one, or below it. */
function isIn(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}.`) || path.startsWith(`${above}[`);
}

function versionsOf(snapshot: Snapshot) {
  return [...snapshot].map(([title, { resourceVersion, generation }]) => [title, resourceVersion, generation]).sort();
}

async function writeChart(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
}

/** cert-manager's chart as the next version would be: other images, an argument, a port less, a webhook that waits for less long. */
async function newerChart(): Promise<Record<string, string>> {
  const entries = await readdir(chartFolder, { recursive: true, withFileTypes: true });
  const files: Record<string, string> = {};
  for (const entry of entries.filter(one => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    files[relative(chartFolder, path)] = await readFile(path, 'utf8');
  }
  const change = (file: string, from: string, to: string) => {
    const text = files[file] ?? '';
    if (!text.includes(from)) throw new Error(`${file} has no ${from}.`);
    files[file] = text.replaceAll(from, to);
  };
  change('Chart.yaml', 'v1.21.1', 'v1.21.2');
  change('templates/workloads.yaml', '"--v=%v"', '"--verbosity=%v"');
  change('templates/_helpers.tpl', '        - { name: healthcheck, containerPort: 6080, protocol: TCP }\n', '');
  change('templates/_helpers.tpl', 'port: healthcheck', 'port: 6080');
  change('values.yaml', 'timeoutSeconds: 30', 'timeoutSeconds: 20');
  return files;
}
