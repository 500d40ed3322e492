import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type EnvironmentScope, loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import { json, type RegistryView, type RunningStep, type StepResult } from '@suite/sandbox';
import { type BundleWorld, errors, openBundleWorld, type RunOptions, reportOf, succeeded } from '../support/bundle.ts';
import { inRegistry, type MadeImage, makeImage, writeLayout } from '../support/images.ts';
import { loseMachine, untilQuiet } from '../support/lost-machine.ts';

let sandbox: BundleWorld;
let views: ReadonlyMap<string, EnvironmentScope>;
let web: MadeImage;
let worker: MadeImage;

const other = `sha256:${'e'.repeat(64)}`;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  sandbox.world.settings.operationMs = 0;
  const { platform, lock } = await loadPlatformWithLock(join(sandbox.checkout, 'platform.yaml'), sandbox.checkout);
  const all = resolveAll(platform, lock).filter(view => view.kind === 'environment');
  views = new Map(all.map(view => [view.scope, view]));
  for (const view of all) {
    sandbox.world.azure.putResource(registryId(view), { location: view.region, sku: { name: 'Premium' } });
  }
  web = makeImage(inRegistry(ghcr(), 'contoso/web'), { name: 'web' });
  worker = makeImage(inRegistry(ghcr(), 'contoso/worker'), { name: 'worker' });
  await writeImages();
});
afterAll(() => sandbox.close());
afterEach(() => sandbox.world.faults.clear());

const ghcr = () => sandbox.world.registries.registry('ghcr.io');
const reference = (name: string, { digest }: { readonly digest: string }) => `ghcr.io/contoso/${name}@${digest}`;

/** The platform file's images: what is said here in the place of what is said by default. */
async function writeImages(said: { readonly web?: string; readonly worker?: string } = {}): Promise<void> {
  const {
    web:
      one = `{ source: "${reference('web', web)}", repository: apps/web, tags: [v1], platforms: [linux/amd64, linux/arm64] }`,
    worker: two = `{ source: "${reference('worker', worker)}" }`,
  } = said;
  await sandbox.edit(
    'platform.yaml',
    text => `${text.replace(/^images:\n(?: {2}.*\n)*/m, '')}images:\n  web: ${one}\n  worker: ${two}\n`,
  );
}

function view(scope: string): EnvironmentScope {
  const found = views.get(scope);
  if (found === undefined) throw new Error(`The example has no ${scope}.`);
  return found;
}

function registryId({ subscription, resourceGroup, registry }: EnvironmentScope): string {
  if (registry.existing) throw new Error('The example makes its registries itself.');
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${registry.name}`;
}

function registryOf(scope: string): RegistryView {
  const { registry } = view(scope);
  if (registry.existing) throw new Error('The example makes its registries itself.');
  return sandbox.world.registries.registry(registry.name);
}

const hostOf = (scope: string) => registryOf(scope).loginServer;

function run(
  command: string,
  scope: string,
  inputs: Readonly<Record<string, string>> = {},
  options: RunOptions = {},
): Promise<StepResult> {
  return sandbox.run({ command, scope, ...inputs }, { action: 'push-acr', ...options });
}

/** By login server alone, as an application's repository does. */
function runAlone(command: string, inputs: Readonly<Record<string, string>>, options: RunOptions = {}) {
  const { tenant, identities } = view('dev');
  const alone = { registry: hostOf('dev'), 'tenant-id': tenant, 'client-id': identities.apply };
  return sandbox.run({ command, ...alone, ...inputs }, { action: 'push-acr', job: { environment: 'dev' }, ...options });
}

function emptyRegistries(): void {
  for (const scope of views.keys()) {
    for (const repository of registryOf(scope).repositories()) registryOf(scope).deleteRepository(repository);
  }
}

/** Digest and tags of everything that a repository holds. */
const heldBy = (scope: string, repository: string) =>
  Object.fromEntries(
    registryOf(scope)
      .manifests(repository)
      .map(({ digest, tags }) => [digest, [...tags].sort()]),
  );

const wholeWeb = (tags: readonly string[] = ['v1']) => ({
  [web.digest]: tags,
  ...Object.fromEntries(Object.values(web.platforms).map(({ digest }) => [digest, []])),
  [web.sbom.digest]: [],
  [web.signature.digest]: [`${web.digest.replace(':', '-')}.sig`],
});

/** Writes to registries since a place in the ledger. */
const writesSince = (from: number) =>
  sandbox.world.ledger.requests
    .slice(from)
    .filter(({ host, method }) => host.endsWith('.azurecr.io') && ['PUT', 'PATCH', 'DELETE', 'POST'].includes(method))
    .filter(({ path }) => !path.startsWith('/oauth2/'))
    .map(({ method, path }) => `${method} ${path}`);

describe('from a source to production', () => {
  beforeAll(emptyRegistries);

  test('a plan tells what would be pushed, and writes nothing', async () => {
    const from = sandbox.world.ledger.requests.length;
    const result = succeeded(await run('plan', 'dev'));
    const report = await reportOf(result);
    expect(report.verdict).toBe('changes');
    expect(report.changes.map(({ title, kind }) => `${kind} ${title}`)).toEqual([
      'create image apps/web',
      'create image worker',
    ]);
    expect(
      report.changes[0]?.attributes.map(({ path, after }) => [path, 'text' in after ? after.text : after.is]),
    ).toEqual([
      ['digest', web.digest],
      [`tag ${web.digest.replace(':', '-')}.sig`, web.signature.digest],
      ['tag v1', web.digest],
      [
        'transfer',
        expect.stringMatching(
          /^through the runner: 9\.\d kB of 9\.\d kB in \d blobs; 2 signatures and other referrers$/,
        ),
      ],
    ]);
    expect(result.outputs['digest']).toMatch(/^[0-9a-f]{64}$/);
    expect(writesSince(from)).toEqual([]);
  });

  test('a plan of an environment whose upstream has nothing yet says so', async () => {
    const report = await reportOf(succeeded(await run('plan', 'staging')));
    expect(report.verdict).toBe('no-changes');
    expect(report.checks.map(({ status, message }) => [status, message])).toEqual([
      ['later', `${hostOf('dev')}/apps/web has no ${web.digest} yet: it comes with the promotion of that environment.`],
      [
        'later',
        `${hostOf('dev')}/worker has no ${worker.digest} yet: it comes with the promotion of that environment.`,
      ],
    ]);
  });

  test('pushed to dev once, whole', async () => {
    const result = succeeded(await run('push', 'dev'));
    expect((await reportOf(result)).verdict).toBe('applied');
    expect(JSON.parse(result.outputs['images'] ?? '')).toEqual({
      web: `${hostOf('dev')}/apps/web@${web.digest}`,
      worker: `${hostOf('dev')}/worker@${worker.digest}`,
    });
    expect(heldBy('dev', 'apps/web')).toEqual(wholeWeb());
  });

  test('pushing again moves nothing and says so', async () => {
    const from = sandbox.world.ledger.requests.length;
    const result = succeeded(await run('push', 'dev'));
    expect((await reportOf(result)).verdict).toBe('no-changes');
    expect(result.log).toContain('Everything was there already; nothing moved.');
    expect(writesSince(from)).toEqual([]);
  });

  test.each([
    ['staging', 'dev'],
    ['prod', 'staging'],
  ])('promoted to %s with no byte of an image through the runner', async (scope, before) => {
    const [sent, received] = [registryOf(before).traffic().sent, registryOf(scope).traffic().received];
    const planned = await reportOf(succeeded(await run('plan', scope)));
    expect(planned.changes.map(({ attributes }) => attributes.at(-1)?.after)).toEqual([
      { is: 'shown', text: expect.stringMatching(/^imported by Azure: /) },
      { is: 'shown', text: expect.stringMatching(/^imported by Azure: /) },
    ]);
    const from = sandbox.world.ledger.requests.length;
    const result = succeeded(await run('promote', scope));
    const report = await reportOf(result);
    expect([report.verdict, report.warnings]).toEqual(['applied', []]);
    expect(heldBy(scope, 'apps/web')).toEqual(wholeWeb());
    expect(Object.keys(heldBy(scope, 'worker'))).toContain(worker.digest);
    // Configurations are read for their platforms by nobody: an index tells them.
    expect([registryOf(before).traffic().sent - sent, registryOf(scope).traffic().received - received]).toEqual([0, 0]);
    expect(writesSince(from).filter(write => write.includes('/blobs/'))).toEqual([]);
    expect(result.log).toEqual(expect.arrayContaining([expect.stringMatching(/^0 bytes went through the runner, /)]));
  });

  test('promoting again moves nothing', async () => {
    const from = sandbox.world.ledger.requests.length;
    const report = await reportOf(succeeded(await run('promote', 'prod')));
    expect(report.verdict).toBe('no-changes');
    expect(writesSince(from)).toEqual([]);
  });

  test.each(['dev', 'staging', 'prod'])('verified in %s', async scope => {
    expect((await reportOf(succeeded(await run('verify', scope)))).verdict).toBe('verified');
  });
});
