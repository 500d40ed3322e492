import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, ChangeReport } from '@suite/change-report';
import { measureBesideParse } from './beside-parse.ts';
import type { Case, Measurement } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const environments = ['dev', 'test', 'qa', 'staging', 'canary', 'prod'];
const regions = ['westeurope', 'northeurope', 'eastus', 'westus'];
const sizes = [1_000, 10_000];
const applications = 1_000;

/**
 * Six environments in four regions: from the report files to the comment, the summary of its job, and the summaries of all
 * plan jobs, beside `JSON.parse` of the same files. A process of its own per run.
 */
export async function measureComment(): Promise<Measurement> {
  const folder = join(root, 'out', 'bench', 'reports');
  const cases: Case[] = [];
  for (const size of sizes) {
    await writeReports(folder, size);
    cases.push(...measureBesideParse('comment-worker.ts', 'comment', folder, `${size} changes`));
  }
  // Each application has another image in each place.
  await writeReports(folder, 1_000, place =>
    Array.from({ length: applications }, (_, index) => image(place.scope, index)),
  );
  cases.push(...measureBesideParse('comment-worker.ts', 'comment', folder, `${applications} applications`));
  return { name: 'comment', cases };
}

interface Place {
  readonly scope: string;
  readonly region: string;
}

/** Changes of the infrastructure are shared out among all places; of the applications each place has its own. */
async function writeReports(folder: string, size: number, images?: (place: Place) => Change[]): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const places = environments.flatMap(scope => regions.map(region => ({ scope, region })));
  for (const [index, place] of places.entries()) {
    const share = Math.floor(size / places.length) + (index < size % places.length ? 1 : 0);
    const infrastructure = Array.from({ length: share }, (_, number) => change(place.scope, number));
    const write = (action: string, changes: readonly Change[]) =>
      writeFile(
        join(folder, `${place.scope}-${place.region}-${action}.json`),
        JSON.stringify(report(place, action, changes)),
      );
    await write('provision-aks', infrastructure);
    if (images !== undefined) await write('sync-argocd', images(place));
  }
}

function report({ scope, region }: Place, action: string, changes: readonly Change[]): ChangeReport {
  const time = '2026-11-24T05:01:30.000Z';
  return {
    schema: 'change-report/v1',
    action,
    command: 'plan',
    platform: 'contoso',
    scope,
    region,
    production: scope === 'prod',
    commit: { head: '9f3c2e1000000000000000000000000000000000' },
    run: { id: '4711', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/4711', actor: 'mona' },
    startedAt: time,
    finishedAt: time,
    verdict: 'changes',
    changes,
    drift: [],
    outputs: [],
    checks: [],
    differences: [],
    warnings: [],
    timings: [],
    digest: 'a'.repeat(64),
  };
}

function image(scope: string, index: number): Change {
  const digest = (sign: string) =>
    ({ is: 'shown', text: `ghcr.io/contoso/app-${index}@sha256:${sign.repeat(64)}` }) as const;
  return {
    address: `apps/v1/Deployment/${scope}/app-${index}`,
    type: 'Deployment',
    title: `Deployment app-${index}`,
    kind: 'update',
    reasons: [],
    attributes: [{ path: 'spec.template.spec.containers[app].image', before: digest('a'), after: digest('b') }],
    reach: 'stateless',
    risk: 'low',
  };
}

/** One in fifty is dangerous; each has six attributes. */
function change(scope: string, index: number): Change {
  const attributes = Array.from({ length: 6 }, (_, attribute) => ({
    path: `settings.property_${attribute}`,
    before: { is: 'shown', text: `value-${index}-before` } as const,
    after: { is: 'shown', text: `value-${index}-after` } as const,
  }));
  const dangerous = index % 50 === 0;
  return {
    address: `module.pools.azurerm_kubernetes_cluster_node_pool.this["pool${index}"]`,
    type: 'azurerm_kubernetes_cluster_node_pool',
    title: `node pool ${scope}${index}`,
    kind: dangerous ? 'rotate' : index % 3 === 0 ? 'create' : 'update',
    reasons: dangerous && attributes[0] !== undefined ? [{ text: '', attribute: attributes[0] }] : [],
    attributes,
    reach: 'node-pool',
    risk: dangerous ? 'high' : 'low',
    ...(dangerous ? { allowKey: `node-pool/pool${index}`, effect: 'Its nodes are drained and deleted.' } : {}),
  };
}
