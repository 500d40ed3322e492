import { execFile } from 'node:child_process';
import { appendFile, chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type EnvironmentScope, loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import {
  armError,
  on,
  onArm,
  type RegistryView,
  type RunningStep,
  registryError,
  type StepResult,
} from '@suite/sandbox';
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
    expect(report.verdict).toBe('changes');
    expect(report.changes.map(({ kind, title }) => [kind, title])).toEqual([
      ['create', 'image apps/web'],
      ['create', 'image worker'],
    ]);
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

describe('a verification looks at everything', () => {
  beforeAll(async () => {
    emptyRegistries();
    succeeded(await run('push', 'dev'));
  });

  test('a layer that the registry has lost is named, and how to get it back', async () => {
    const layer = web.layers[1]?.digest ?? '';
    sandbox.world.faults.add({
      match: on('HEAD', hostOf('dev'), new RegExp(`/v2/apps/web/blobs/${layer}$`)),
      answer: { status: 404 },
    });
    const result = await run('verify', 'dev');
    expect(errors(result)).toEqual([
      `image apps/web: layer or configuration should be ${layer}, and is absent. Delete the image there, and push or promote it again.`,
    ]);
    expect([result.exitCode, (await reportOf(result)).verdict]).toEqual([1, 'mismatch']);
  });

  test.each<readonly [string, (made: MadeImage) => string, string]>([
    ['an SBOM', ({ sbom }) => sbom.digest, 'signature or other referrer'],
    ['a platform', ({ platforms }) => platforms['linux/arm64']?.digest ?? '', 'manifest'],
  ])('%s that is gone is named', async (_, digestIn, path) => {
    const digest = digestIn(web);
    sandbox.world.faults.add({
      match: on('GET', hostOf('dev'), new RegExp(`/v2/apps/web/manifests/${digest}$`)),
      answer: registryError(404, 'MANIFEST_UNKNOWN'),
    });
    expect(errors(await run('verify', 'dev'))).toEqual([`image apps/web: ${path} should be ${digest}, and is absent.`]);
  });
});

describe('where Azure does not import', () => {
  beforeAll(async () => {
    emptyRegistries();
    succeeded(await run('push', 'dev'));
  });
  afterEach(() => {
    registryOf('staging').deleteRepository('apps/web');
    registryOf('staging').deleteRepository('worker');
  });

  const refuseImports = (status: number, code: string, message: string, skip = 0) =>
    sandbox.world.faults.add({
      match: onArm('POST', /\/importImage$/),
      skip,
      answer: armError(status, code, message),
    });

  test('because a right is missing: everything streams, and the report says which right', async () => {
    const right = 'Microsoft.ContainerRegistry/registries/importImage/action';
    const fault = refuseImports(
      403,
      'AuthorizationFailed',
      `The client 'x' with object id 'x' does not have authorization to perform action '${right}' over scope '${registryId(view('staging'))}' or the scope is invalid.`,
    );
    const result = succeeded(await run('promote', 'staging'));
    // Both images were asked for at the same time; what refers to them is not any more.
    expect(fault.struck()).toBe(2);
    const { warnings, changes } = await reportOf(result);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      new RegExp(`^Azure did not import web, so the bytes went through the runner: .*may not perform \`${right}\``),
    );
    expect(changes[0]?.attributes.at(-1)?.after).toEqual({
      is: 'shown',
      text: expect.stringMatching(/^through the runner, because the apply identity of staging .* may not perform /),
    });
    expect(heldBy('staging', 'apps/web')).toEqual(wholeWeb());
    expect(registryOf('staging').traffic().received).toBeGreaterThan(0);
  });

  test('because what refers to the image is refused: only that streams', async () => {
    const before = registryOf('staging').traffic().received;
    await writeImages({ worker: 'false' });
    try {
      refuseImports(409, 'Conflict', 'made by a fault', 1);
      succeeded(await run('promote', 'staging'));
      expect(heldBy('staging', 'apps/web')).toEqual(wholeWeb());
      // SBOM and signature, and nothing of the layers.
      expect(registryOf('staging').traffic().received - before).toBeLessThan(500);
    } finally {
      await writeImages();
    }
  });

  test('because network rules let no trusted services in: the plan says so already', async () => {
    const rules = (properties: object) =>
      sandbox.world.azure.mutate(registryId(view('staging')), body => {
        body['properties'] = { ...(body['properties'] as object), ...properties };
      });
    sandbox.world.settings.isInPrivateNetwork = true;
    rules({ networkRuleSet: { defaultAction: 'Deny' }, networkRuleBypassOptions: 'None' });
    try {
      const why = new RegExp(
        `because the network rules of ${hostOf('staging').split('.')[0]} let no trusted services of Azure in`,
      );
      const planned = await reportOf(succeeded(await run('plan', 'staging')));
      expect(planned.changes[0]?.attributes.at(-1)?.after).toEqual({ is: 'shown', text: expect.stringMatching(why) });
      const from = sandbox.world.ledger.requests.length;
      const { warnings } = await reportOf(succeeded(await run('promote', 'staging')));
      expect(warnings).toEqual([expect.stringMatching(why), expect.stringMatching(why)]);
      expect(sandbox.world.ledger.requests.slice(from).filter(({ path }) => path.endsWith('/importImage'))).toEqual([]);
      expect(heldBy('staging', 'apps/web')).toEqual(wholeWeb());
    } finally {
      rules({ networkRuleSet: { defaultAction: 'Allow' }, networkRuleBypassOptions: 'AzureServices' });
      sandbox.world.settings.isInPrivateNetwork = false;
    }
  });
});

describe('the machine is lost', () => {
  beforeAll(emptyRegistries);

  test('in the middle of a push: no tag shows half an image, and the next run moves only what is missing', async () => {
    await writeImages({ worker: 'false' });
    try {
      let running: RunningStep | undefined;
      const onStart = (started: RunningStep) => {
        running = started;
      };
      const isUpload = ({ method, host, path }: { method: string; host: string; path: string }) =>
        method === 'PUT' && host === hostOf('dev') && path.includes('/blobs/uploads/');
      const fault = sandbox.world.faults.add({
        match: isUpload,
        skip: 3,
        times: 1,
        answer: { call: () => loseMachine(running) },
      });
      const lost = await run('push', 'dev', {}, { onStart });
      expect([lost.conclusion, fault.struck()]).toEqual(['cancelled', 1]);
      await untilQuiet(sandbox.world);
      expect(registryOf('dev').manifests('apps/web')).toEqual([]);
      const arrived = registryOf('dev').traffic().received;
      const plan = await reportOf(succeeded(await run('plan', 'dev')));
      const told = plan.changes[0]?.attributes.at(-1)?.after;
      const result = succeeded(await run('push', 'dev'));
      const sent = registryOf('dev').traffic().received - arrived;
      // Of eight: three were there by then, and those that were on their way beside the fourth may be.
      expect(told).toEqual({ is: 'shown', text: expect.stringMatching(/ in [1-5] blobs;/) });
      expect(sent).toBeLessThan(arrived + sent);
      expect(heldBy('dev', 'apps/web')).toEqual(wholeWeb());
      expect(result.outputs['verdict']).toBe('applied');
    } finally {
      await writeImages();
    }
  });
});

describe('the run is cancelled', () => {
  beforeAll(emptyRegistries);

  test('in the middle of a push: it stops, says so, and the next run goes on', async () => {
    let running: RunningStep | undefined;
    const ended = Promise.withResolvers<void>();
    sandbox.world.faults.add({
      match: ({ method, host, path }) => method === 'PUT' && host === hostOf('dev') && path.includes('/blobs/uploads/'),
      skip: 3,
      times: 1,
      answer: {
        call: () => {
          running?.cancel();
          return ended.promise;
        },
      },
    });
    const result = await run('push', 'dev', {}, { onStart: started => (running = started) });
    ended.resolve();
    await untilQuiet(sandbox.world);
    expect([result.conclusion, errors(result)]).toEqual([
      'cancelled',
      ['Cancelled. What has arrived stays there; running this again brings what is missing.'],
    ]);
    expect((await reportOf(result)).verdict).toBe('failed');
    expect(registryOf('dev').manifests('apps/web')).toEqual([]);
    succeeded(await run('push', 'dev'));
    expect(heldBy('dev', 'apps/web')).toEqual(wholeWeb());
  });
});

describe('tags', () => {
  beforeAll(async () => {
    emptyRegistries();
    succeeded(await run('push', 'dev'));
  });

  /** Something else under the tag. */
  const moveTag = (): string => {
    const made = makeImage(inRegistry(registryOf('dev'), 'apps/web'), { name: 'other' });
    const bytes = registryOf('dev').readManifest('apps/web', made.digest) ?? '';
    registryOf('dev').putManifest('apps/web', 'application/vnd.oci.image.index.v1+json', bytes, 'v1');
    return made.digest;
  };

  test('one that would move is refused with both digests, and nothing is written', async () => {
    const before = moveTag();
    const sentence = `The tag ${hostOf('dev')}/apps/web:v1 stands for ${before} and would move to ${web.digest}.`;
    const plan = await reportOf(succeeded(await run('plan', 'dev')));
    expect([plan.verdict, plan.checks.map(({ status, message }) => [status, message])]).toEqual([
      'blocked',
      [['blocked', sentence]],
    ]);
    expect((await run('plan', 'dev', { 'fail-if-blocked': 'true' })).conclusion).toBe('failure');
    const from = sandbox.world.ledger.requests.length;
    const result = await run('push', 'dev');
    expect(errors(result)).toEqual([`${sentence} Nothing was written. Use another tag, or set \`overwrite: true\`.`]);
    expect([result.exitCode, writesSince(from)]).toEqual([1, []]);
  });

  test('it differs for a verification, and moves when that is meant', async () => {
    const before = moveTag();
    expect(errors(await run('verify', 'dev'))).toEqual([
      `image apps/web: tag v1 should be ${web.digest}, and is ${before}.`,
    ]);
    const { changes } = await reportOf(succeeded(await run('push', 'dev', { overwrite: 'true' })));
    expect(changes.map(({ kind, risk }) => [kind, risk])).toEqual([['update', 'medium']]);
    succeeded(await run('verify', 'dev'));
  });

  test('an image that is gone is found out', async () => {
    registryOf('dev').deleteRepository('worker');
    expect(errors(await run('verify', 'dev'))).toEqual([
      `image worker: should be ${worker.digest} in ${hostOf('dev')}, and is absent.`,
    ]);
    expect(errors(await run('lock', 'dev'))).toEqual([
      `${hostOf('dev')}/worker@${worker.digest} is not there, so it was not locked. Nothing was locked. Push or promote it first.`,
    ]);
    expect(errors(await run('promote', 'staging'))).toEqual([
      `${hostOf('dev')}/worker has no ${worker.digest}. Nothing was written. Bring it into the registry of dev in westeurope first.`,
    ]);
    expect(registryOf('staging').repositories()).toEqual([]);
    succeeded(await run('push', 'dev'));
  });

  test('one that was purged where it came from, and is there, needs no source', async () => {
    succeeded(await run('promote', 'staging'));
    registryOf('dev').deleteRepository('worker');
    const there = `${hostOf('staging')}/worker@${worker.digest}`;
    const result = succeeded(await run('promote', 'staging'));
    expect(JSON.parse(result.outputs['images'] ?? '')).toMatchObject({ worker: there });
    const { verdict, checks } = await reportOf(result);
    expect([verdict, checks.map(({ status, message }) => [status, message])]).toEqual([
      'no-changes',
      [
        [
          'warning',
          `${hostOf('dev')}/worker has no ${worker.digest}. ${hostOf('staging')} has it, so nothing is brought; tags stay as they are.`,
        ],
      ],
    ]);
    registryOf('staging').deleteRepository('worker');
    registryOf('staging').deleteRepository('apps/web');
    succeeded(await run('push', 'dev'));
  });

  test('locked after a push or by themselves, nobody moves them any more', async () => {
    const isWritable = (reference: string) => registryOf('dev').attributes('apps/web', reference).writeEnabled;
    succeeded(await run('push', 'dev', { lock: 'true' }));
    expect([web.digest, 'v1'].map(isWritable)).toEqual([false, false]);
    succeeded(await run('lock', 'dev'));
    succeeded(await run('push', 'dev'));
    emptyRegistries();
    succeeded(await run('push', 'dev'));
    expect([web.digest, 'v1'].map(isWritable)).toEqual([true, true]);
    succeeded(await run('lock', 'dev'));
    expect([web.digest, 'v1'].map(isWritable)).toEqual([false, false]);
    emptyRegistries();
  });
});

describe('sources that are not what they should be', () => {
  beforeAll(emptyRegistries);

  const refused = async (said: Parameters<typeof writeImages>[0], inputs = {}): Promise<string[]> => {
    await writeImages({ worker: 'false', ...said });
    try {
      const result = await run('push', 'dev', inputs);
      expect(result.exitCode).toBe(1);
      // No tag, and no manifest that names what is not there.
      expect(registryOf('dev').repositories()).toEqual([]);
      return errors(result);
    } finally {
      await writeImages();
      emptyRegistries();
    }
  };

  test('a digest that is not there', async () => {
    expect(await refused({ web: `{ source: "ghcr.io/contoso/web@${other}" }` })).toEqual([
      `ghcr.io/contoso/web has no ${other}. Nothing was written. Check the digest, and whether it was deleted there.`,
    ]);
  });

  test('a platform that is missing', async () => {
    const source = `{ source: "${reference('web', web)}", platforms: [linux/amd64, linux/s390x, windows/amd64] }`;
    expect(await refused({ web: source })).toEqual([
      `${reference('web', web)} is not there for linux/s390x and windows/amd64. Nothing was written. Build it for them too, or take them out of \`platforms\`.`,
    ]);
  });

  test('a tag in the platform file', async () => {
    expect(await refused({ web: '{ source: "ghcr.io/contoso/web:1.2.3" }' })).toEqual([
      expect.stringMatching(
        /^\d+:\d+: `images\.web\.source` is `ghcr\.io\/contoso\/web:1\.2\.3`\. Expected registry\/repository@sha256:… with the digest, because a tag may move: /,
      ),
    ]);
  });

  test('a manifest that does not hash to its digest', async () => {
    const made = makeImage(inRegistry(ghcr(), 'contoso/liar'), { name: 'liar' });
    ghcr().replaceManifest('contoso/liar', made.digest, '{}');
    expect(await refused({ web: `{ source: "${reference('liar', made)}" }` })).toEqual([
      expect.stringMatching(
        /^The registry ghcr\.io sent something else than contoso\/liar@sha256:\w+: it hashes to sha256:/,
      ),
    ]);
  });

  test.each([
    ['truncated', 'short'],
    ['of other bytes', 'x'.repeat(2000)],
  ])('a layer that is %s', async (_, bytes) => {
    const made = makeImage(inRegistry(ghcr(), 'contoso/liar'), { name: `liar ${bytes.length}` });
    ghcr().replaceBlob('contoso/liar', made.layers[1]?.digest ?? '', bytes);
    await writeImages({ worker: 'false', web: `{ source: "${reference('liar', made)}", tags: [v1] }` });
    try {
      const result = await run('push', 'dev');
      expect(result.exitCode).toBe(1);
      expect(errors(result)).toHaveLength(1);
      expect(errors(result)[0]).toContain(made.layers[1]?.digest);
      expect(registryOf('dev').manifests('web')).toEqual([]);
    } finally {
      await writeImages();
      emptyRegistries();
    }
  });

  test('one that does not answer: a plan says that nobody knows', async () => {
    sandbox.world.faults.add({
      match: on('*', 'ghcr.io', /^\/v2\/contoso\/web\//),
      answer: registryError(403, 'DENIED'),
    });
    const report = await reportOf(succeeded(await run('plan', 'dev')));
    expect(report.checks.map(({ id, status }) => [id, status])).toEqual([['source/web', 'unknown']]);
    expect(report.changes.map(({ title }) => title)).toEqual(['image worker']);
  });
});

describe('what is missing is named', () => {
  const properties = (scope: string, change: object) =>
    sandbox.world.azure.mutate(registryId(view(scope)), body => {
      body['properties'] = { ...(body['properties'] as object), ...change };
    });
  const abac = { roleAssignmentMode: 'AbacRepositoryPermissions' };
  const legacy = { roleAssignmentMode: 'LegacyRegistryPermissions' };
  const applyOf = (scope: string) =>
    `The apply identity of ${scope} in westeurope (client id ${view(scope).identities.apply})`;
  const images = () => `web=${reference('web', web)}`;

  beforeAll(emptyRegistries);
  afterEach(() => {
    properties('dev', { ...legacy, publicNetworkAccess: 'Enabled' });
    properties('staging', { networkRuleBypassOptions: 'AzureServices', publicNetworkAccess: 'Enabled' });
    emptyRegistries();
  });

  /** By an identity of its own that holds one role, or none, over the registry of dev. */
  const pushWith = async (role: string | undefined) => {
    const { azure, github } = sandbox.world;
    const principal = azure.addApplication({
      name: `an application with ${role}`,
      tenant: view('dev').tenant,
      githubSubjects: [github.subjectFor(sandbox.jobOf({ environment: 'dev' }))],
    });
    if (role !== undefined) azure.assignRole({ principal, role, scope: registryId(view('dev')) });
    const { clientId } = principal;
    return { clientId, result: await runAlone('push', { images: images(), 'client-id': clientId }) };
  };

  test.each<readonly [string | undefined, RegExp]>([
    [
      undefined,
      /gets no access to the registry \S+\. Give it "AcrPull" to read or "AcrPush" to write \("Container Registry Repository Reader" or "Writer", where the role assignment mode is ABAC\)/,
    ],
    [
      'AcrPull',
      /may not push the blob web@sha256:\w+ in the registry \S+\. Give it "AcrPush" \(or "Container Registry Repository Writer", where the registry’s role assignment mode is ABAC\) on the registry/,
    ],
  ])('the role, of who has %s', async (role, message) => {
    const { clientId, result } = await pushWith(role);
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
    expect(errors(result)[0]).toContain(`The identity of this job (client id ${clientId}) `);
    expect([result.exitCode, registryOf('dev').manifests('web')]).toEqual([1, []]);
  });

  test('the role that counts in ABAC mode, by the plan and by the push', async () => {
    properties('dev', abac);
    // Whoever plans reads, and needs a role that counts there, too.
    const { azure } = sandbox.world;
    const reader = azure.principals().find(({ clientId }) => clientId === view('dev').identities.plan);
    azure.assignRole({
      principal: reader ?? '',
      role: 'Container Registry Repository Reader',
      scope: registryId(view('dev')),
    });
    const { checks } = await reportOf(succeeded(await run('plan', 'dev')));
    expect(checks.map(({ id, status, message }) => [id, status, message])).toEqual([
      ['rights/push', 'blocked', expect.stringMatching(/the role assignment mode is ABAC\.$/)],
    ]);
    const result = await run('push', 'dev');
    expect(errors(result)).toEqual([
      expect.stringContaining(
        `${applyOf('dev')} gets no access to the registry ${hostOf('dev')}. Give it "Container Registry Repository Reader" to read or "Container Registry Repository Writer" to write (its role assignment mode is ABAC, where "AcrPull" and "AcrPush" count for nothing)`,
      ),
    ]);
    expect(result.exitCode).toBe(1);
  });

  test('the condition of a role that leaves the repository out', async () => {
    properties('dev', abac);
    const { azure } = sandbox.world;
    const applier = azure.principals().find(({ clientId }) => clientId === view('dev').identities.apply);
    azure.assignRole({
      principal: applier ?? '',
      role: 'Container Registry Repository Writer',
      scope: registryId(view('dev')),
    });
    // What a condition takes away is no part of the token.
    sandbox.world.faults.add({
      match: on('POST', hostOf('dev'), /\/blobs\/uploads\//),
      answer: registryError(401, 'UNAUTHORIZED'),
    });
    expect(errors(await run('push', 'dev'))).toEqual([
      expect.stringMatching(
        /may not push the blob \S+ in the registry \S+\. Give it "Container Registry Repository Writer" \(its role assignment mode is ABAC, .* If it has that role already, the condition of the assignment leaves this repository out: widen it\.$/,
      ),
    ]);
  });

  test('nothing, where a policy wants tokens of the registry’s own audience: all are', async () => {
    properties('dev', { policies: { azureADAuthenticationAsArmPolicy: { status: 'disabled' } } });
    succeeded(await run('push', 'dev'));
    expect(heldBy('dev', 'apps/web')).toEqual(wholeWeb());
  });

  test('the firewall', async () => {
    properties('dev', { publicNetworkAccess: 'Disabled' });
    const result = await run('push', 'dev');
    expect(errors(result)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^The registry ${hostOf('dev')} refuses this runner's network, so this job could not .*: set \`runner\` of the environment to a runner there, or let this one through the registry’s firewall\\.$`,
        ),
      ),
    ]);
    expect(result.exitCode).toBe(1);
  });

  test('the credentials of a source, which are no question of networks, and where to give them', async () => {
    const password = 'a secret of ghcr.io';
    const login = `Basic ${Buffer.from(`mona:${password}`).toString('base64')}`;
    // As GitHub answers whoever asks for a token of a private package.
    sandbox.world.faults.add({
      match: ({ host, path, headers }) => host === 'ghcr.io' && path === '/token' && headers.authorization !== login,
      answer: {
        status: 403,
        headers: { 'Content-Type': 'application/json' },
        body: '{"errors":[{"code":"DENIED","message":"requested access to the resource is denied"}]}',
      },
    });
    const inputs = { images: images() };
    const refused = await runAlone('push', inputs);
    expect(errors(refused)).toEqual([
      'The anonymous user may not sign in to ghcr.io: requested access to the resource is denied. Check the name, and sign in with credentials that may read it: with docker login, or as inputs.',
    ]);
    const told = await runAlone('push', { ...inputs, 'source-username': 'mona', 'source-password': password });
    expect(succeeded(told).log.join('\n')).not.toContain(password);
    emptyRegistries();
    const folder = join(sandbox.folder, 'docker-of-mona');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { 'ghcr.io': { auth: login.slice(6) } } }));
    const found = await runAlone('push', inputs, { environment: { DOCKER_CONFIG: folder } });
    expect(succeeded(found).log.join('\n')).not.toContain(password);
    expect(heldBy('dev', 'web')[web.digest]).toBeDefined();
  });
});

describe('by login server alone', () => {
  beforeAll(emptyRegistries);

  let hostile: MadeImage;
  const layerOf = ({ layers }: MadeImage) => layers[1]?.digest ?? '';
  const packLayout = async (folder: string, how: readonly string[] = []): Promise<string> => {
    await promisify(execFile)('tar', ['-C', folder, ...how, '-cf', `${folder}.tar`, '.']);
    return `${folder}.tar`;
  };

  test('an OCI layout', async () => {
    const made = await writeLayout(join(sandbox.checkout, 'out', 'image'), { name: 'layout' });
    const push = (layout: string) => runAlone('push', { layout, repository: 'apps/api', tags: 'v1\nv2' });
    const result = succeeded(await push('out/image:latest'));
    expect(JSON.parse(result.outputs['images'] ?? '')).toEqual({
      'apps/api': `${hostOf('dev')}/apps/api@${made.digest}`,
    });
    expect(heldBy('dev', 'apps/api')[made.digest]).toEqual(['v1', 'v2']);
    expect(Object.keys(heldBy('dev', 'apps/api'))).toEqual(
      expect.arrayContaining([made.sbom.digest, made.signature.digest]),
    );
    expect(errors(await push('out/image:v9'))).toEqual([
      expect.stringMatching(/^the OCI layout \S+ holds latest \(sha256:/),
    ]);
    expect(errors(await push('out'))).toEqual([
      expect.stringMatching(/is no OCI image layout: it holds no oci-layout/),
    ]);
    expect(errors(await push('nowhere'))).toEqual([expect.stringMatching(/^There is no OCI layout /)]);
  });

  test.each<readonly [string, (folder: string) => Promise<string>, RegExp]>([
    [
      'a name that leaves the archive',
      folder => packLayout(folder, ['--transform=s,^\\./oci-layout$,../oci-layout,', '--absolute-names']),
      /is no archive that can be read: a name leaves the archive\.$/,
    ],
    [
      'a link to a file of the runner in the place of a layer',
      async folder => {
        const layer = join(folder, 'blobs', 'sha256', layerOf(hostile).slice('sha256:'.length));
        await rename(layer, join(sandbox.folder, 'secret'));
        await symlink(join(sandbox.folder, 'secret'), layer);
        return folder;
      },
      /has a link at blobs\/sha256\/\w+/,
    ],
    [
      'a layer of another size',
      async folder => {
        await appendFile(join(folder, 'blobs', 'sha256', layerOf(hostile).slice('sha256:'.length)), 'more');
        return folder;
      },
      /holds \d+ bytes of sha256:\w+/,
    ],
    [
      'an archive that ends in the middle',
      async folder => {
        const archive = await packLayout(folder);
        await truncate(archive, 3000);
        return archive;
      },
      /is no archive that can be read: /,
    ],
  ])('a hostile layout: %s', async (_, make, message) => {
    const folder = join(sandbox.checkout, 'out', 'hostile');
    await rm(folder, { recursive: true, force: true });
    hostile = await writeLayout(folder, { name: 'hostile' });
    const layout = (await make(folder)).slice(sandbox.checkout.length + 1);
    const result = await runAlone('push', { layout: `${layout}:latest`, repository: 'apps/hostile', tags: 'v1' });
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
    expect([result.exitCode, registryOf('dev').manifests('apps/hostile')]).toEqual([1, []]);
  });

  test('several images, verified and locked', async () => {
    const images = `web=${reference('web', web)}\nworker=${reference('worker', worker)}`;
    succeeded(await runAlone('push', { images }));
    expect(Object.keys(heldBy('dev', 'web'))).toContain(web.digest);
    succeeded(await runAlone('verify', { images }));
    succeeded(await runAlone('lock', { images }));
    expect(registryOf('dev').attributes('web', web.digest).writeEnabled).toBe(false);
  });
});

describe('a build', () => {
  beforeAll(emptyRegistries);

  const recorded = () => join(sandbox.folder, 'docker.json');
  /** Stands for Docker: records how it was called, and has pushed what it tells. */
  const installDocker = async (script: string): Promise<Readonly<Record<string, string>>> => {
    const folder = join(sandbox.folder, 'bin');
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'docker');
    await writeFile(file, `#!${process.execPath}\n${script}`);
    await chmod(file, 0o755);
    return { PATH: `${folder}:${process.env['PATH']}`, HOME: join(sandbox.folder, 'home') };
  };
  const recording = (after: string) => `
const { readFileSync, writeFileSync } = require('node:fs');
const { DOCKER_CONFIG } = process.env;
const metadata = process.argv.find(one => one.startsWith('--metadata-file=')).slice('--metadata-file='.length);
writeFileSync(${JSON.stringify(recorded())}, JSON.stringify({
  args: process.argv.slice(2),
  folder: DOCKER_CONFIG,
  config: JSON.parse(readFileSync(DOCKER_CONFIG + '/config.json', 'utf8')),
  builders: readFileSync(DOCKER_CONFIG + '/buildx/current', 'utf8'),
  inputs: Object.keys(process.env).filter(name => /^(INPUT|ACTIONS)_/.test(name)),
}));
${after}`;
  const told = (digest: string) =>
    `writeFileSync(metadata, JSON.stringify({ 'containerimage.digest': ${JSON.stringify(digest)} }));`;
  const inputs = {
    context: 'services/web',
    repository: 'apps/built',
    tags: 'v1',
    platforms: 'linux/amd64,linux/arm64',
    target: 'final',
    'build-args': 'VERSION=1; rm -rf /\nNAME=a b',
  };

  beforeAll(async () => {
    const docker = join(sandbox.folder, 'home', '.docker');
    await mkdir(join(docker, 'buildx'), { recursive: true });
    await writeFile(join(docker, 'buildx', 'current'), 'builder of the job');
    await writeFile(
      join(docker, 'config.json'),
      JSON.stringify({ auths: { 'ghcr.io': { auth: 'YTpi' } }, credsStore: 'desktop' }),
    );
  });

  test('is pushed by digest with provenance and SBOM, read back, and tagged last', async () => {
    const made = makeImage(inRegistry(registryOf('dev'), 'apps/built'), { name: 'built' });
    const environment = await installDocker(recording(told(made.digest)));
    const result = succeeded(await runAlone('push', inputs, { environment }));
    const call = JSON.parse(await readFile(recorded(), 'utf8'));
    expect(call.args).toEqual([
      'buildx',
      'build',
      '--progress=plain',
      `--output=type=image,name=${hostOf('dev')}/apps/built,push-by-digest=true,name-canonical=true,push=true`,
      '--provenance=true',
      '--sbom=true',
      expect.stringMatching(/^--metadata-file=.+metadata\.json$/),
      '--platform=linux/amd64,linux/arm64',
      '--target=final',
      '--build-arg=VERSION=1; rm -rf /',
      '--build-arg=NAME=a b',
      '--',
      join(sandbox.checkout, 'services/web'),
    ]);
    const login = Buffer.from(call.config.auths[hostOf('dev')].auth, 'base64').toString('utf8');
    expect(login).toMatch(/^00000000-0000-0000-0000-000000000000:\S{20,}$/);
    expect(call.config.credHelpers).toEqual({ [hostOf('dev')]: '' });
    expect(call.config.auths['ghcr.io']).toEqual({ auth: 'YTpi' });
    expect([call.builders, call.inputs]).toEqual(['builder of the job', []]);
    expect(result.log.join('\n')).not.toContain(login.split(':')[1]);
    await expect(readFile(join(call.folder, 'config.json'))).rejects.toThrow('ENOENT');
    expect(await readFile(join(sandbox.folder, 'home', '.docker', 'buildx', 'current'), 'utf8')).toBe(
      'builder of the job',
    );
    expect(heldBy('dev', 'apps/built')[made.digest]).toEqual(['latest', 'v1']);
    expect(JSON.parse(result.outputs['images'] ?? '')).toEqual({
      'apps/built': `${hostOf('dev')}/apps/built@${made.digest}`,
    });
  });

  test.each([
    [
      'that fails',
      `console.error('ERROR: no Dockerfile'); process.exit(3);`,
      /^docker buildx ended with 3: ERROR: no Dockerfile/,
    ],
    ['that tells no digest', '', /^docker buildx told no digest of what it pushed/],
    ['that did not push what it tells', told(other), /apps\/built2 has no sha256:e{64}\. Nothing was written\./],
  ])('one %s', async (_, script, message) => {
    const environment = await installDocker(recording(script));
    const result = await runAlone('push', { ...inputs, repository: 'apps/built2' }, { environment });
    expect(errors(result)).toEqual([expect.stringMatching(message)]);
    expect(registryOf('dev').manifests('apps/built2')).toEqual([]);
  });

  test('one whose machine is lost leaves its login to the post stage', async () => {
    let running: RunningStep | undefined;
    const environment = await installDocker(recording(`console.log('it builds'); setInterval(() => {}, 1000);`));
    const lost = await runAlone('push', inputs, {
      environment,
      onStart: started => {
        running = started;
      },
      onLine: line => {
        if (line === 'it builds') loseMachine(running);
      },
    });
    expect(lost.conclusion).toBe('cancelled');
    const { folder } = JSON.parse(await readFile(recorded(), 'utf8'));
    await readFile(join(folder, 'config.json'));
    succeeded(await runAlone('push', inputs, { post: lost.state }));
    await expect(readFile(join(folder, 'config.json'))).rejects.toThrow('ENOENT');
  });
});

describe('wrong inputs', () => {
  const digest = `ghcr.io/contoso/web@${other}`;
  const find = '`docker buildx imagetools inspect <reference>` prints it.';

  test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'no place',
      { command: 'push' },
      ['input scope: is required but was not given. Add `scope:` or `registry:` under `with:`.'],
    ],
    [
      'a plan of a registry',
      { command: 'plan', registry: 'crcontoso.azurecr.io' },
      ['input scope: is required but was not given. Add `scope:` under `with:`.'],
    ],
    [
      'two places',
      { command: 'push', scope: 'dev', registry: 'crcontoso.azurecr.io' },
      ['input registry: and `scope` both say where. Give one of them.'],
    ],
    [
      'a registry without an identity and an image',
      { command: 'push', registry: 'crcontoso.azurecr.io' },
      [
        'input client-id: is needed with `registry`. Give the identity to sign in as.',
        'input tenant-id: is needed with `registry`. Give the Entra tenant of the registry.',
        'input images: is needed with `registry`. Say which image: `images`, `source`, or for `push` `layout` or `context`.',
      ],
    ],
    [
      'a registry of another kind',
      { command: 'push', registry: 'ghcr.io' },
      ['input registry: is "ghcr.io". Use the login server of a registry, such as `crcontoso.azurecr.io`.'],
    ],
    [
      'a tag as the source',
      { command: 'push', scope: 'dev', source: 'ghcr.io/contoso/web:1', repository: 'web' },
      [
        `input source: is "ghcr.io/contoso/web:1". Use registry/repository@sha256:… with the digest, because a tag may move: ${find}`,
      ],
    ],
    [
      'a tag among the images',
      { command: 'promote', scope: 'staging', images: 'web=ghcr.io/contoso/web:1' },
      [
        `input images: is "web=ghcr.io/contoso/web:1". Use one name=registry/repository@sha256:… on each line, each name once. Of the digest: ${find}`,
      ],
    ],
    [
      'two images at once',
      { command: 'push', scope: 'dev', source: digest, layout: 'x', repository: 'web' },
      ['input layout: and `source` both say which image. Give one of them.'],
    ],
    [
      'an image without a place',
      { command: 'push', scope: 'dev', source: digest },
      ['input repository: is needed with `source`. Say where the image goes, such as `apps/web`.'],
    ],
    [
      'a layout to promote',
      { command: 'promote', scope: 'staging', layout: 'x', repository: 'web' },
      ['input layout: is for `push` alone. Leave it out.'],
    ],
    [
      'arguments of no build',
      { command: 'push', scope: 'dev', 'build-args': 'A=1' },
      ['input build-args: is for a build. Give `context` too, or leave it out.'],
    ],
    [
      'a user without a password',
      { command: 'push', scope: 'dev', 'source-username': 'mona' },
      ['input source-password: is needed with `source-username`. Give both, or none.'],
    ],
    [
      'one password for two registries',
      {
        command: 'push',
        scope: 'dev',
        images: `a=${digest}\nb=quay.io/contoso/b@${other}`,
        'source-username': 'mona',
        'source-password': 'very secret',
      },
      [
        'input source-username: is for one registry, and images come from ghcr.io, quay.io. Sign in with docker login instead, or bring the images in several steps.',
      ],
    ],
    [
      'nothing before the first environment',
      { command: 'promote', scope: 'dev' },
      [
        'input scope: is `dev`, and there is no environment before it. Use `command: push`, which brings images in from their sources.',
      ],
    ],
    [
      'the shared scope',
      { command: 'push', scope: 'shared' },
      [
        'input scope: names no environment: what is shared has no registry. Use the name of an environment in the platform file.',
      ],
    ],
  ])('%s', async (_, inputs, messages) => {
    const from = sandbox.world.ledger.requests.length;
    const result = await sandbox.run(inputs, { action: 'push-acr' });
    expect(errors(result)).toEqual(messages);
    expect([result.exitCode, sandbox.world.ledger.requests.length - from]).toEqual([1, 0]);
  });
});
