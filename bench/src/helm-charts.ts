import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One of the twelve releases: what its chart renders, and what it waits for. */
export interface BenchRelease {
  readonly name: string;
  readonly needs: readonly string[];
  /** How long its pods take to be ready where releases have to wait, in seconds. */
  readonly readySeconds: number;
  readonly size: ChartSize;
}

/** Numbers of objects. Each Deployment comes with a Service, a ServiceAccount, a disruption budget and a network policy. */
interface ChartSize {
  readonly deployments?: number;
  readonly stores?: number;
  readonly roles?: number;
  readonly configs?: number;
  /** ConfigMaps of about 20 kB. */
  readonly dashboards?: number;
  /** Rendered once the kind is served. */
  readonly monitors?: number;
  /** Custom resources of a kind that another release brings. */
  readonly signers?: number;
  /** CustomResourceDefinitions, as kind and kB of schema. */
  readonly kinds?: Readonly<Record<string, number>>;
}

const needsKinds = ['kinds'];
/** Sizes are roughly those of the charts that a platform has in these places. */
export const benchReleases: readonly BenchRelease[] = [
  {
    name: 'kinds',
    needs: [],
    readySeconds: 0,
    size: {
      kinds: { Monitor: 20, Rule: 10, Probe: 30, Scrape: 120, Agent: 200, Receiver: 150, Server: 250, Ruler: 180 },
    },
  },
  {
    name: 'certificates',
    needs: needsKinds,
    readySeconds: 4,
    size: { deployments: 3, roles: 8, configs: 1, monitors: 1, kinds: { Signer: 60, Request: 20, Order: 20 } },
  },
  { name: 'signers', needs: ['certificates'], readySeconds: 0, size: { signers: 3 } },
  {
    name: 'metrics',
    needs: ['kinds', 'certificates'],
    readySeconds: 5,
    size: { deployments: 3, stores: 2, roles: 5, configs: 4, dashboards: 25, monitors: 30 },
  },
  {
    name: 'logs',
    needs: needsKinds,
    readySeconds: 4,
    size: { deployments: 2, stores: 1, roles: 1, configs: 4, monitors: 3 },
  },
  { name: 'collector', needs: ['logs'], readySeconds: 2, size: { deployments: 1, roles: 1, configs: 2, monitors: 1 } },
  {
    name: 'accelerators',
    needs: needsKinds,
    readySeconds: 3,
    size: { deployments: 2, roles: 4, configs: 3, monitors: 2, kinds: { Policy: 80, Driver: 40 } },
  },
  {
    name: 'delivery',
    needs: needsKinds,
    readySeconds: 6,
    size: { deployments: 6, stores: 1, roles: 7, configs: 8, monitors: 6, kinds: { Application: 150, Set: 400 } },
  },
  { name: 'models', needs: needsKinds, readySeconds: 3, size: { deployments: 1, roles: 1, configs: 2, monitors: 1 } },
  {
    name: 'notebooks',
    needs: ['models'],
    readySeconds: 4,
    size: { deployments: 3, roles: 3, configs: 4, monitors: 1 },
  },
  { name: 'traces', needs: needsKinds, readySeconds: 2, size: { deployments: 1, configs: 2, monitors: 1 } },
  {
    name: 'entrances',
    needs: ['metrics', 'signers'],
    readySeconds: 3,
    size: { deployments: 1, configs: 1, signers: 2 },
  },
];

/**
 * The longest chain of releases that wait for one another, in seconds: what Helm takes to install each when nothing else runs, and its
 * pods to be ready. Nobody can be done before.
 */
export function criticalSeconds(releases: readonly BenchRelease[], installSeconds: (name: string) => number): number {
  const byName = new Map(releases.map(release => [release.name, release]));
  const end = ({ name, needs, readySeconds }: BenchRelease): number =>
    installSeconds(name) + readySeconds + Math.max(0, ...needs.flatMap(need => byName.get(need) ?? []).map(end));
  return Math.max(...releases.map(end));
}

/** Where pods say after how many milliseconds they are ready. */
export const readyAfterAnnotation = 'bench.example/ready-after';
/** The ConfigMap of a release that a measurement changes by hand. */
export const configOf = ({ name }: BenchRelease) => `/api/v1/namespaces/${name}/configmaps/${name}-config-0`;

/** A folder for each chart. */
export async function writeCharts(releases: readonly BenchRelease[], folder: string): Promise<void> {
  for (const release of releases) {
    for (const [file, text] of Object.entries(chartFiles(release))) {
      const path = join(folder, release.name, file);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    }
  }
}

function chartFiles({ name, size }: BenchRelease): Readonly<Record<string, string>> {
  const {
    deployments = 0,
    stores = 0,
    roles = 0,
    configs = 0,
    dashboards = 0,
    monitors = 0,
    signers = 0,
    kinds = {},
  } = size;
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 1.0.0\nappVersion: "1.0"\n`,
    'values.yaml': `${Object.entries({ deployments, stores, roles, configs, monitors, signers, readyAfter: 0 })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('')}image: registry.example/${name}:1.0.0\nlevel: info\n`,
    'templates/_helpers.tpl': helpers,
    'templates/workloads.yaml': workloads,
    'templates/roles.yaml': rights,
    'templates/configs.yaml': configuration,
    'templates/monitors.yaml': custom,
    ...Object.fromEntries(
      Array.from({ length: dashboards }, (_, at) => [`dashboards/board-${at}.json`, dashboard(at)]),
    ),
    ...Object.fromEntries(
      Object.entries(kinds).map(([kind, size]) => [`templates/${kind.toLowerCase()}.yaml`, definition(kind, size)]),
    ),
  };
}

const helpers = `{{- define "labels" }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
{{- define "pod" }}
metadata:
  labels:
    {{- include "labels" .root | nindent 4 }}
    app.kubernetes.io/component: {{ .part }}
  {{- if gt (int .root.Values.readyAfter) 0 }}
  annotations:
    peers.example/outcome: never-ready
    ${readyAfterAnnotation}: {{ .root.Values.readyAfter | quote }}
  {{- end }}
spec:
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: main
      image: {{ .root.Values.image }}
      args: ["--level={{ .root.Values.level }}", "--part={{ .part }}"]
      env:
        {{- range $at := until 8 }}
        - { name: SETTING_{{ $at }}, value: "value of setting {{ $at }}" }
        {{- end }}
      securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
      resources: { requests: { cpu: 5m, memory: 16Mi }, limits: { memory: 64Mi } }
      ports: [{ name: http, containerPort: 8080 }]
      readinessProbe: { httpGet: { path: /ready, port: http } }
      livenessProbe: { httpGet: { path: /live, port: http } }
{{- end }}
`;

const workloads = `{{- range $at := until (int .Values.deployments) }}
{{- $part := printf "%s-part-%d" $.Release.Name $at }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $part }}
  labels:
    {{- include "labels" $ | nindent 4 }}
spec:
  replicas: 1
  selector: { matchLabels: { app.kubernetes.io/component: {{ $part }} } }
  template:
    {{- include "pod" (dict "root" $ "part" $part) | nindent 4 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ $part }}
  labels:
    {{- include "labels" $ | nindent 4 }}
spec:
  selector: { app.kubernetes.io/component: {{ $part }} }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $part }}
  labels:
    {{- include "labels" $ | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ $part }}
spec:
  maxUnavailable: 1
  selector: { matchLabels: { app.kubernetes.io/component: {{ $part }} } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $part }}
spec:
  podSelector: { matchLabels: { app.kubernetes.io/component: {{ $part }} } }
  policyTypes: [Ingress]
  ingress: [{ ports: [{ port: http }] }]
{{- end }}
{{- range $at := until (int .Values.stores) }}
{{- $part := printf "%s-store-%d" $.Release.Name $at }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ $part }}
  labels:
    {{- include "labels" $ | nindent 4 }}
spec:
  serviceName: {{ $part }}
  replicas: 1
  selector: { matchLabels: { app.kubernetes.io/component: {{ $part }} } }
  template:
    {{- include "pod" (dict "root" $ "part" $part) | nindent 4 }}
{{- end }}
`;

const rights = `{{- range $at := until (int .Values.roles) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ $.Release.Name }}-{{ $at }}
  labels:
    {{- include "labels" $ | nindent 4 }}
rules:
  - { apiGroups: [""], resources: [configmaps, pods, services], verbs: [get, list, watch] }
  - { apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, watch] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ $.Release.Name }}-{{ $at }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{ $.Release.Name }}-{{ $at }} }
subjects: [{ kind: ServiceAccount, namespace: {{ $.Release.Namespace }}, name: {{ $.Release.Name }}-part-0 }]
{{- end }}
`;

const configuration = `{{- range $at := until (int .Values.configs) }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-config-{{ $at }}
  labels:
    {{- include "labels" $ | nindent 4 }}
data:
  level: {{ $.Values.level }}
  config.yaml: |
    {{- range $line := until 60 }}
    setting-{{ $line }}: { enabled: true, level: {{ $.Values.level }}, number: {{ mul $line 17 }} }
    {{- end }}
{{- end }}
{{- range $path, $content := .Files.Glob "dashboards/*.json" }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $.Release.Name }}-{{ base $path | trimSuffix ".json" }}
  labels:
    {{- include "labels" $ | nindent 4 }}
    dashboard: "1"
data:
  {{ base $path }}: |-
    {{- $content | toString | nindent 4 }}
{{- end }}
`;

const custom = `{{- if .Capabilities.APIVersions.Has "bench.example/v1/Monitor" }}
{{- range $at := until (int .Values.monitors) }}
---
apiVersion: bench.example/v1
kind: Monitor
metadata:
  name: {{ $.Release.Name }}-{{ $at }}
  labels:
    {{- include "labels" $ | nindent 4 }}
spec:
  field0: { name: {{ $.Release.Name }}, count: {{ $at }}, items: [one, two, three] }
  field1: { name: second, count: 2, items: [four] }
{{- end }}
{{- end }}
{{- range $at := until (int .Values.signers) }}
---
apiVersion: bench.example/v1
kind: Signer
metadata:
  name: {{ $.Release.Name }}-{{ $at }}
spec:
  field0: { name: {{ $.Release.Name }}, count: {{ $at }} }
{{- end }}
`;

/** A definition as generators write it, with a schema of about so many kB. */
function definition(kind: string, kilobytes: number): string {
  const field = (at: number) => `                field${at}:
                  type: object
                  description: |-
                    Field ${at} of ${kind} says how part ${at} behaves where nothing else decides it, and is left out where
                    the default of ${at * 7} will do. See also field ${at + 1}.
                  properties:
                    name: { type: string, description: "What part ${at} is called.", maxLength: 253 }
                    count:
                      type: integer
                      format: int32
                      description: How many of part ${at} there are.
                    items:
                      type: array
                      description: Those of part ${at} that are named.
                      items:
                        type: string
`;
  const plural = `${kind.toLowerCase()}s`;
  const fields = Array.from({ length: Math.ceil((kilobytes * 1000) / field(100).length) }, (_, at) => field(at));
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ${plural}.bench.example
spec:
  group: bench.example
  scope: Namespaced
  names: { plural: ${plural}, singular: ${kind.toLowerCase()}, kind: ${kind}, listKind: ${kind}List }
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
              properties:
${fields.join('')}`;
}

function dashboard(number: number): string {
  const panels = Array.from({ length: 40 }, (_, at) => ({
    id: at,
    title: `Panel ${at} of board ${number}`,
    type: at % 3 === 0 ? 'stat' : 'timeseries',
    gridPos: { h: 8, w: 12, x: (at % 2) * 12, y: Math.floor(at / 2) * 8 },
    targets: [{ expr: `sum by (pod) (rate(requests_total{job="board-${number}", part="${at}"}[5m]))`, refId: 'A' }],
    fieldConfig: {
      defaults: { unit: 'reqps', thresholds: { steps: [{ color: 'green' }, { color: 'red', value: at }] } },
    },
  }));
  return JSON.stringify({ title: `Board ${number}`, panels }, null, 2);
}
