import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, utf8Length } from '@suite/foundation';
import { openSandbox, runAction, type SandboxWorld, type StepResult } from '@suite/sandbox';
import { type Case, type Goal, type Measurement, median } from './measurement.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'out', 'bench', 'promotion');
const environments = ['dev', 'test', 'qa', 'staging', 'canary', 'prod'];
const regions = ['westeurope', 'northeurope', 'eastus', 'westus'];
const places = environments.flatMap(scope => regions.map(region => ({ scope, region })));
const applications = 1_000;
/** As many bundles of each place as the ledger tells by default. */
const bundles = 50;
const runs = 5;

const limits = { seconds: 60, summaryBytes: 1024 * 1024, outputBytes: 1024 * 1024 };

/**
 * The gate of the last environment, and the ledger, of a platform of six environments in four regions that promotes the images of a thousand
 * applications, each environment with its last fifty bundles and the copies of records that a promotion leaves. By the bundle of the release
 * tree, from the start of its process to its end; beside it the number of requests, which a real registry takes longer for than the sandbox.
 */
export async function measurePromotion(): Promise<Measurement> {
  const sandbox = await openPlatform();
  try {
    const made = await makeBundle(sandbox);
    fillRegistries(sandbox, made);
    const gate = await measured(sandbox, {
      command: 'check',
      scope: 'prod',
      region: 'westeurope',
      bundle: made.file,
      'bundle-digest': made.digest,
    });
    const ledger = await measured(sandbox, { command: 'ledger', ledger: join(folder, 'ledger.json') });
    const told: { readonly entries: readonly unknown[] } = JSON.parse(
      await readFile(join(folder, 'ledger.json'), 'utf8'),
    );
    if (told.entries.length !== places.length * bundles) {
      throw new Error(`The ledger tells of ${told.entries.length} records.`);
    }
    return {
      name: 'promotion',
      cases: [...gate.cases, ...ledger.cases],
      goals: [...gate.goals, ...ledger.goals],
    };
  } finally {
    await sandbox.world.close();
  }
}

async function openPlatform(): Promise<SandboxWorld> {
  const example = `${folder}-example`;
  await rm(example, { recursive: true, force: true });
  await cp(join(root, 'examples', 'platform-repository'), example, { recursive: true });
  await writeFile(join(example, 'platform.yaml'), platformFile());
  await writeFile(join(example, 'platform.lock.yaml'), lockFile());
  const sandbox = await openSandbox({
    example,
    folder,
    provider: { bundle: join(root, 'out', 'sandbox', 'azurerm', 'index.js') },
  });
  for (const view of sandbox.views) {
    if (view.kind !== 'environment' || view.registry.existing) continue;
    const { subscription, resourceGroup, registry, region } = view;
    const id = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${registry.name}`;
    sandbox.world.azure.putResource(id, { location: region, sku: { name: 'Premium' } });
  }
  return sandbox;
}

const guid = (digits: number) => `00000000-0000-4000-8000-${String(digits).padStart(12, '0')}`;
const hex = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

function platformFile(): string {
  const images = Array.from(
    { length: applications },
    (_, index) => `  app-${index}: { source: "ghcr.io/contoso/app-${index}@sha256:${hex(`app-${index}`)}" }\n`,
  );
  const entries = environments.map(
    (name, index) =>
      `  ${name}:\n    subscription: ${guid(100 + index)}\n    regions: { ${regions.map(region => `${region}: `).join(', ')} }\n    production: false\n`,
  );
  return `version: 1\nname: bench\ntenant: ${guid(1)}\nshared: { subscription: ${guid(9)}, location: westeurope }\nenvironments:\n${entries.join('')}images:\n${images.join('')}`;
}

function lockFile(): string {
  let next = 200;
  const identities = () => `{ plan: ${guid(next++)}, apply: ${guid(next++)} }`;
  const region = (name: string) =>
    `${name}: { identities: ${identities()}, state: { account: stbench${next}, container: tfstate } }`;
  const scopes = environments.map(scope => `  ${scope}: { ${regions.map(region).join(', ')} }\n`);
  return `version: 1\nscopes:\n  shared: { ${region('westeurope')} }\n${scopes.join('')}`;
}

interface MadeBundle {
  readonly file: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

async function makeBundle(sandbox: SandboxWorld): Promise<MadeBundle> {
  const file = join(folder, 'bundle.json');
  const { outputs } = await step(sandbox, { command: 'bundle', bundle: file });
  return { file, digest: outputs['digest'] ?? '', bytes: await readFile(file) };
}

const bundleType = 'application/vnd.aks-platform.bundle.v1+json';
const recordType = 'application/vnd.aks-platform.record.v1+json';

/** As promotions leave them: in each registry the bundles, with the records of its place and of all environments before it. */
function fillRegistries({ repository, views, world }: SandboxWorld, made: MadeBundle): void {
  const { commit, ...rest } = JSON.parse(made.bytes.toString('utf8'));
  const earlier = Array.from({ length: bundles }, (_, index) => {
    const bytes = Buffer.from(canonicalJson({ ...rest, commit: hex(`commit ${index}`).slice(0, 40) }));
    return { bytes, digest: `sha256:${hex(bytes)}` };
  });
  for (const view of views) {
    if (view.kind !== 'environment' || view.registry.existing) continue;
    const registry = world.registries.registry(view.registry.name);
    const before = places.filter(({ scope }) => environments.indexOf(scope) < environments.indexOf(view.scope));
    // What asks for the last environment has come through all others; nothing runs in the last one yet.
    const contents = view.scope === environments.at(-1) ? earlier : [...earlier.slice(1), made];
    for (const [index, { digest, bytes }] of contents.entries()) {
      const artifact = { artifactType: bundleType, blobs: [{ mediaType: bundleType, content: bytes }] };
      const subject = registry.putArtifact('promotion/bench', { ...artifact, tag: digest.replace(':', '-') });
      for (const { scope, region } of [...before, view]) {
        const record = {
          schema: 'record/v1',
          repository: repository.id,
          platform: 'bench',
          environment: scope,
          region,
          bundle: digest,
          commit: digest === made.digest ? commit : hex(`commit ${index}`).slice(0, 40),
          verdict: 'verified',
          plans: { 'provision-aks': hex('plan'), 'deploy-platform': hex('plan'), 'sync-argocd': hex('plan') },
          run: { id: '4711', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/4711' },
          actor: 'mona',
          approvers: ['hubot'],
          recordedAt: new Date(Date.UTC(2026, 9, 1, index, environments.indexOf(scope))).toISOString(),
        };
        registry.putArtifact('promotion/bench', {
          artifactType: recordType,
          blobs: [{ mediaType: recordType, content: canonicalJson(record) }],
          annotations: { environment: scope, region },
          subject,
        });
      }
    }
  }
}

async function step(sandbox: SandboxWorld, inputs: Readonly<Record<string, string>>): Promise<StepResult> {
  const token = sandbox.world.github.issueToken({
    repository: sandbox.repository.name,
    permissions: { contents: 'read', actions: 'read', 'pull-requests': 'read' },
  });
  const result = await runAction({
    name: inputs['command'] ?? '',
    action: join(root, 'out', 'release', 'promotion-gate'),
    inputs: { 'github-token': token, ...inputs },
    environment: {
      ...sandbox.environmentOf({}),
      GITHUB_SHA: await sandbox.repository.resolve('refs/heads/main'),
      GITHUB_REPOSITORY_ID: sandbox.repository.id,
      GITHUB_ACTION_REPOSITORY: 'org/actions',
      GITHUB_ACTION_REF: 'v1',
    },
    workspace: sandbox.checkout,
    temp: join(folder, 'temp'),
  });
  if (result.conclusion !== 'success') throw new Error(result.log.join('\n'));
  return result;
}

/** How long a command takes, what it asks, and whether it stays within GitHub's limits. */
async function measured(
  sandbox: SandboxWorld,
  inputs: Readonly<Record<string, string>>,
): Promise<Required<Pick<Measurement, 'cases' | 'goals'>>> {
  const name = `${inputs['command']} of ${places.length} places`;
  const times: number[] = [];
  let requests = 0;
  let last: StepResult | undefined;
  for (let run = 0; run < runs; run++) {
    const { length: before } = sandbox.world.ledger.requests;
    const started = performance.now();
    last = await step(sandbox, inputs);
    times.push((performance.now() - started) / 1000);
    requests = sandbox.world.ledger.requests.length - before;
  }
  const seconds = median(times);
  const summary = utf8Length(last?.summary ?? '');
  const outputs = utf8Length(Object.values(last?.outputs ?? {}).join(''));
  const figure = (metric: string, unit: string, ours: number): Case => ({ case: name, metric, unit, ours, peers: {} });
  const goal = (text: string, isMet: boolean, because: string): Goal => ({
    goal: `${inputs['command']}: ${text}`,
    verdict: isMet ? 'met' : 'missed',
    because,
  });
  return {
    cases: [
      figure('time', 's', seconds),
      figure('requests', '', requests),
      figure('summary', 'KB', summary / 1024),
      figure('outputs', 'KB', outputs / 1024),
    ],
    goals: [
      goal('within 60 s', seconds <= limits.seconds, `${seconds.toFixed(1)} s`),
      goal(
        'within GitHub’s limits of a summary and of outputs',
        summary <= limits.summaryBytes && outputs <= limits.outputBytes,
        `${summary} and ${outputs} bytes`,
      ),
    ],
  };
}
