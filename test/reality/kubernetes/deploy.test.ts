import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { type BundleWorld, errors, openBundleWorld, reportOf, succeeded } from '../../support/bundle.ts';
import { attachControlPlane, clusterIdIn } from '../../support/control-plane/behind-azure.ts';
import {
  controlPlaneNeeds,
  hasControlPlane,
  type RunningControlPlane,
  startControlPlane,
} from '../../support/control-plane.ts';

/**
 * `deploy-platform` as it ships, with Helm as it ships, on a real control plane behind the name that Azure gives the cluster, and on
 * the sandbox's own small one: the same cases.
 */
const charts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  kinds: {
    'Chart.yaml': 'apiVersion: v2\nname: kinds\nversion: 1.0.0\n',
    'templates/crd.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: { spec: { type: object, properties: { size: { type: integer } } } }
`,
    // Its own namespace too, which is there before Helm is asked for anything.
    'templates/namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: kinds, labels: { team: blue } }\n',
  },
  web: {
    'Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
    'values.yaml': 'image: registry.example/web:1\ngreeting: hello\nreplicas: 2\npassword: secret\n',
    'templates/all.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, labels: { app: web } }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: web
          image: {{ .Values.image }}
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
          resources: { requests: { cpu: 10m, memory: 32Mi } }
          ports: [{ containerPort: 8080 }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: web }
data: { greeting: {{ .Values.greeting | quote }} }
---
apiVersion: v1
kind: Secret
metadata: { name: web }
stringData: { password: {{ .Values.password | quote }} }
{{- if .Capabilities.APIVersions.Has "example.org/v1/Widget" }}
---
apiVersion: example.org/v1
kind: Widget
metadata: { name: web }
spec: { size: 1 }
{{- end }}
`,
  },
  store: {
    'Chart.yaml': 'apiVersion: v2\nname: store\nversion: 1.0.0\n',
    'templates/all.yaml': `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: store }
spec:
  serviceName: store
  replicas: 1
  selector: { matchLabels: { app: store } }
  template:
    metadata: { labels: { app: store } }
    spec:
      containers: [{ name: store, image: registry.example/store:1, resources: { requests: { cpu: 10m } } }]
`,
  },
};

const off = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];
const releases = `      releases:
${off.map(name => `        ${name}: false\n`).join('')}        web: { chart: ./charts/web, namespace: web, pod-security: restricted, needs: [kinds], values: { greeting: hello } }
        store: { chart: ./charts/store, namespace: store, pod-security: baseline, stateful: true }
        kinds: { chart: ./charts/kinds, namespace: kinds }
`;
const example = (text: string) => {
  const changed = text.replace(/( {2}dev:\n(?: {4}.*\n)*)/, block => `${block}${releases.replaceAll(/^ {2}/gm, '')}`);
  return changed;
};

describe.each([
  { where: `the real API server (${controlPlaneNeeds})`, isReal: true },
  { where: "the sandbox's API server", isReal: false },
])('on $where', ({ isReal }) => {
  const runs = isReal && !hasControlPlane ? test.skip : test;
  let sandbox: BundleWorld;
  let control: RunningControlPlane | undefined;
  let clusterId: string;

  beforeAll(async () => {
    if (isReal && !hasControlPlane) return;
    sandbox = await openBundleWorld(undefined, { 'platform.yaml': example });
    sandbox.world.settings.operationMs = 0;
    for (const [chart, files] of Object.entries(charts)) {
      for (const [file, text] of Object.entries(files)) {
        const path = join(sandbox.checkout, 'charts', chart, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, text);
      }
    }
    for (const scope of ['shared', 'dev']) await sandbox.deploy(scope);
    clusterId = clusterIdIn(sandbox.world);
    if (!isReal) return;
    control = await startControlPlane();
    await attachControlPlane(sandbox.world, control);
  });
  afterAll(async () => {
    await sandbox?.close();
    await control?.stop();
  });

  const run = (inputs: Readonly<Record<string, string>>) =>
    sandbox.run({ scope: 'dev', ...inputs }, { action: 'deploy-platform', machine: `deploy-${isReal}` });
  /** What the digest of the last plan was made of. */
  let reviewed = '';
  const plan = async (): Promise<ChangeReport> => {
    const result = succeeded(await run({ command: 'plan' }));
    reviewed = result.outputs['releases'] ?? '';
    return reportOf(result);
  };
  const apply = async ({ digest = '' }: ChangeReport) =>
    run({ command: 'apply', 'expected-digest': digest, 'expected-releases': reviewed });
  const lines = ({ changes }: ChangeReport) => changes.map(({ kind, address }) => `${kind} ${address}`).sort();
  const setValue = (from: string, to: string) =>
    sandbox.edit('platform.yaml', text => {
      const after = text.replace(from, to);
      if (after === text) throw new Error(`platform.yaml has no ${from}.`);
      return after;
    });
  const writes = () => sandbox.world.ledger.writes().filter(({ host }) => host.endsWith('.azmk8s.io'));
  const total = () => writes().reduce((sum, { count }) => sum + count, 0);

  runs(
    'a plan of a cluster with nothing in it: all is new, a kind that comes along included; nothing is written',
    async () => {
      const before = total();
      const report = await plan();
      expect(report.verdict).toBe('changes');
      expect(lines(report)).toEqual([
        'create kinds/CustomResourceDefinition widgets.example.org',
        'create kinds/Namespace kinds',
        'create store/StatefulSet store/store',
        'create web/ConfigMap web/web',
        'create web/Deployment web/web',
        'create web/Secret web/web',
        'create web/Service web/web',
        'create web/Widget web/web',
      ]);
      expect(JSON.stringify(report)).not.toContain('secret"');
      expect(total()).toBe(before);
    },
  );

  runs('what was not reviewed is not applied', async () => {
    const result = await run({ command: 'apply', 'expected-digest': '0'.repeat(64) });
    expect(result.conclusion).toBe('failure');
    expect(errors(result).join()).toContain('not what was reviewed');
  });

  runs('what was reviewed is applied, each release after what it needs, and then there is nothing to do', async () => {
    const applied = succeeded(await apply(await plan()));
    const log = applied.log.join('\n');
    expect(log).toMatch(/kinds: installed and ready after/);
    expect(log.indexOf('kinds: installed')).toBeLessThan(log.indexOf('web: installed'));
    expect(log).toMatch(/ in all, decided by (?:kinds → web|store)$/m);
    expect((await reportOf(applied)).verdict).toBe('applied');
    const again = await plan();
    expect(lines(again)).toEqual([]);
    expect(again.verdict).toBe('no-changes');
    const before = total();
    const idle = succeeded(await apply(again));
    expect(idle.log.join('\n')).toMatch(/web: unchanged and ready after/);
    // The groundwork is applied again, which changes nothing; no revision is written.
    expect(writes().filter(({ path }) => /\/secrets/.test(path)).length).toBeGreaterThan(0);
    expect(total() - before).toBeLessThan(12);
    succeeded(await run({ command: 'verify' }));
  });

  runs('a value touches one release; the plan says which field of which object', async () => {
    await setValue('greeting: hello', 'greeting: bonjour');
    const report = await plan();
    expect(report.changes.map(({ address, attributes }) => [address, attributes])).toEqual([
      [
        'web/ConfigMap web/web',
        [{ path: 'data.greeting', before: { is: 'shown', text: 'hello' }, after: { is: 'shown', text: 'bonjour' } }],
      ],
    ]);
    const log = succeeded(await apply(report)).log.join('\n');
    expect(log).toMatch(/web: upgraded and ready/);
    expect(log).toMatch(/store: unchanged/);
    expect((await plan()).verdict).toBe('no-changes');
  });

  runs('what somebody changed by hand is found, by verify and by plan, and put right', async () => {
    const path = '/api/v1/namespaces/web/configmaps/web';
    if (control === undefined) {
      sandbox.world.kubernetes
        .of(clusterId)
        .patch({ resource: 'configmaps', namespace: 'web', name: 'web' }, { data: { greeting: 'tampered' } });
    } else {
      await control.api.call('PATCH', path, { data: { greeting: 'tampered' } });
    }
    const verified = await run({ command: 'verify' });
    expect(verified.conclusion).toBe('failure');
    expect((await reportOf(verified)).differences).toEqual([
      { what: 'ConfigMap web/web', path: 'data.greeting', expected: 'bonjour', actual: 'tampered' },
    ]);
    const report = await plan();
    expect(lines(report)).toEqual(['update web/ConfigMap web/web']);
  });

  runs('an image that cannot be pulled ends the wait with its reason', async () => {
    const before = await plan();
    if (before.changes.length > 0) await apply(before);
    await setValue('values: { greeting: bonjour }', 'values: { greeting: bonjour, image: "nowhere.invalid/web:2" }');
    if (!isReal) sandbox.world.kubernetes.of(clusterId).unpullable('nowhere.invalid/web:2');
    const result = await apply(await plan());
    expect(result.conclusion).toBe('failure');
    const said = errors(result).join('\n');
    expect(said).toMatch(/Pod web\/web-\S+, container web does not run: (?:ErrImagePull|ImagePullBackOff)/);
    expect(result.log.join('\n')).toMatch(/web was brought back to revision \d+/);
  });

  runs('the repaired value is applied over what failed', async () => {
    await setValue(', image: "nowhere.invalid/web:2"', '');
    const report = await plan();
    expect(report.verdict).toBe('changes');
    succeeded(await apply(report));
    expect((await plan()).verdict).toBe('no-changes');
    succeeded(await run({ command: 'verify' }));
  });

  runs('a release that is taken out of the file is taken away, once what it holds may be lost', async () => {
    await setValue(/ +store: .*\n/.exec(example('  dev:\n    x: 1\n'))?.[0] ?? '', '');
    const refused = await plan();
    expect(lines(refused)).toEqual(['delete store/StatefulSet store/store']);
    expect(refused.verdict).toBe('blocked');
    expect(errors(await apply(refused))).toEqual([
      'Deleting StatefulSet `store/store` is not allowed. If it is meant, add `release/store` to `allow:` of dev in `platform.yaml`.',
    ]);
    await setValue('      releases:\n'.slice(2), '    allow: [release/store]\n    releases:\n');
    const report = await plan();
    expect(report.digest).toBe(refused.digest);
    succeeded(await apply(report));
    expect((await plan()).verdict).toBe('no-changes');
  });
});
