import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createProcessRunner } from '@suite/action-kit';
import { mapInParallel, systemClock } from '@suite/foundation';
import { createHelm, helmEnvironment } from '@suite/helm';
import type { KubernetesObject } from '@suite/kubernetes';
import { createKustomize, createRenderer, locateKustomize } from '../../actions/sync-argocd/src/render/index.ts';
import { putHelmOnPath } from '../../scripts/helm.ts';
import { type Case, type Measurement, median } from './measurement.ts';

const applications = 200;
const repository = 'https://github.com/contoso/gitops';

/**
 * 200 Applications at two commits, half of them charts, half kustomizations, as `sync-argocd plan` renders them, beside the same
 * commands of Helm and Kustomize run alone with as many at a time: once where a commit changes all of them, once where it changes five,
 * as a promotion does.
 */
export async function measureArgocdRender(rounds = 5): Promise<Measurement> {
  await putHelmOnPath(process.env);
  const kustomize = await locateKustomize(process.env);
  if (kustomize === undefined) throw new Error('Neither kustomize nor kubectl is on PATH.');
  const folder = await mkdtemp(join(tmpdir(), 'argocd-render-'));
  try {
    const [base, all, few] = await Promise.all([
      writeCommit(join(folder, 'base'), () => 1),
      writeCommit(join(folder, 'all'), () => 2),
      writeCommit(join(folder, 'few'), index => (index < 5 ? 2 : 1)),
    ]);
    const ours = async (head: string) => seconds(() => render(folder, kustomize, [base, head]));
    const alone = async (head: string) => seconds(() => runAlone(kustomize, [base, head]));
    const times = { all: [] as number[], few: [] as number[], alone: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      times.alone.push(await alone(all));
      times.all.push(await ours(all));
      times.few.push(await ours(few));
      const last = Object.entries(times).map(([what, all]) => `${what} ${all.at(-1)?.toFixed(1)} s`);
      process.stderr.write(`argocd-render, round ${round + 1} of ${rounds}: ${last.join(', ')}\n`);
    }
    const [tools, changed, promoted] = [median(times.alone), median(times.all), median(times.few)];
    const row = (name: string, own: number): Case => ({
      case: name,
      metric: 'time',
      unit: 's',
      ours: own,
      peers: { 'helm template and kustomize': tools },
    });
    const ratio = changed / tools;
    return {
      name: 'argocd-render',
      cases: [row('all change', changed), row('5 of 200 change', promoted)],
      goals: [
        {
          goal: '200 applications at two commits in at most 1.2 times what Helm and Kustomize alone need',
          verdict: ratio <= 1.2 ? 'met' : 'missed',
          because: `${ratio.toFixed(2)} times`,
        },
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function seconds(act: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await act();
  return (performance.now() - began) / 1000;
}

const isChart = (index: number) => index % 2 === 0;

function objectOf(index: number): KubernetesObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: `app-${index}`, namespace: 'argocd' },
    spec: {
      project: 'contoso',
      destination: { server: 'https://kubernetes.default.svc', namespace: `app-${index}` },
      source: { repoURL: repository, path: `apps/app-${index}` },
    },
  };
}

async function render(folder: string, kustomize: string, commits: readonly string[]): Promise<void> {
  const work = await mkdtemp(join(folder, 'work-'));
  const processes = createProcessRunner(new AbortController().signal);
  const common = { processes, clock: systemClock };
  const renderer = createRenderer({
    helm: createHelm({
      ...common,
      file: 'helm',
      env: helmEnvironment({ PATH: process.env['PATH'] ?? '' }, work),
      folder: work,
      log: { info: () => {} },
    }),
    kustomize: createKustomize({ ...common, file: kustomize, cwd: folder }),
    capabilities: { kubeVersion: '1.34.4', apiVersions: ['apps/v1'], isNamespaced: () => undefined },
    temp: join(work, 'temp'),
    atOnce: availableParallelism(),
  });
  const roots = Array.from({ length: applications }, (_, index) => objectOf(index));
  for (const commit of commits) {
    const checkout = { folder: commit, repository, commit: 'a'.repeat(40), names: ['main'] };
    const found = await renderer.render({ roots, checkouts: [checkout], clusters: [] });
    const objects = found.applications.flatMap(one => one.objects);
    if (objects.length !== applications * 3)
      throw new Error(`${objects.length} objects: ${found.applications[0]?.problem}`);
  }
}

/** The same commands, with nobody who reads what they print. */
async function runAlone(kustomize: string, commits: readonly string[]): Promise<void> {
  const names = Array.from({ length: applications }, (_, index) => index);
  for (const commit of commits) {
    await mapInParallel(names, availableParallelism(), async index => {
      const path = join(commit, 'apps', `app-${index}`);
      if (isChart(index)) {
        await run('helm', [
          'template',
          `app-${index}`,
          path,
          `--namespace=app-${index}`,
          '--kube-version=1.34.4',
          '--include-crds',
        ]);
      } else await run(kustomize, kustomize.endsWith('kubectl') ? ['kustomize', path] : ['build', path]);
    });
  }
}

async function run(file: string, args: readonly string[]): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${file} ended with ${code}.`);
}

/** A commit of the repository; `versionOf` says of each application what changes. */
async function writeCommit(folder: string, versionOf: (index: number) => number): Promise<string> {
  await write(join(folder, 'base', 'kustomization.yaml'), 'resources: [objects.yaml]\n');
  await write(join(folder, 'base', 'objects.yaml'), objects('web', 'host/web:1'));
  for (let index = 0; index < applications; index++) {
    const path = join(folder, 'apps', `app-${index}`);
    const version = versionOf(index);
    if (isChart(index)) {
      await write(join(path, 'Chart.yaml'), 'apiVersion: v2\nname: web\nversion: 1.0.0\n');
      await write(join(path, 'values.yaml'), `image: host/app:${version}\n`);
      await write(join(path, 'templates', 'objects.yaml'), objects('{{ .Release.Name }}', '{{ .Values.image }}'));
    } else {
      const content = `resources: [../../base]\nnamePrefix: app-${index}-\nimages: [{ name: host/web, newTag: "${version}" }]\n`;
      await write(join(path, 'kustomization.yaml'), content);
    }
  }
  return folder;
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

const objects = (name: string, image: string) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: web
          image: ${image}
          ports: [{ name: http, containerPort: 8080 }]
          readinessProbe: { httpGet: { path: /, port: http } }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ port: 80, targetPort: http }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { level: info, image: "${image}" }
`;
