import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '@suite/foundation';
import { type AppAccess, createAppAccess, createGitOps, createRequests } from '@suite/github';
import {
  type AppHandle,
  json,
  on,
  type RepositoryHandle,
  startWorld,
  type World,
  type WorldRequest,
} from '@suite/sandbox';
import {
  type DeliverPorts,
  type DeliveryRequest,
  deliver,
  type PlacedImage,
  readFolder,
  revertTo,
} from '../../actions/sync-argocd/src/deliver/index.ts';
import { joinNetwork } from '../support/entra.ts';

/** Delivery as it ships, against the sandbox's GitHub over its network: an App's tokens, archives, signed commits. */
const example = join(import.meta.dirname, '..', '..', 'examples', 'gitops-repository');
const apiUrl = 'https://api.github.com';
/** Nobody waits for a retry. */
const hurried: Clock = { ...systemClock, sleep: async () => undefined };
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

let directory: string;
let world: World;
let handle: RepositoryHandle;
let app: AppHandle;
const masked = new Set<string>();
const undo: (() => unknown)[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gitops-'));
  world = await startWorld({ directory });
  handle = await world.github.createRepository({ name: 'contoso/gitops', folder: example, author: 'mona' });
  app = await world.github.createApp({
    slug: 'contoso-gitops',
    installations: [{ owner: 'contoso', repositories: ['contoso/gitops'], permissions: { contents: 'write' } }],
  });
  undo.push(...(await joinNetwork(world)));
});

afterEach(() => world.faults.clear());

afterAll(async () => {
  for (const one of undo) one();
  await world.close();
  await rm(directory, { recursive: true, force: true });
});

function open(contents: 'read' | 'write' = 'write'): {
  readonly access: AppAccess;
  readonly ports: DeliverPorts;
  readonly log: string[];
} {
  const common = { apiUrl, clock: hurried };
  const access = createAppAccess({
    ...common,
    app: app.clientId,
    key: app.privateKey,
    inputs: { app: 'gitops-app-id', key: 'gitops-app-key' },
    repository: 'contoso/gitops',
    contents,
    mask: secret => void masked.add(secret),
  });
  const gitops = createGitOps(createRequests({ ...common, token: access.token }), 'contoso/gitops');
  const log: string[] = [];
  const at: DeliverPorts['at'] = async commit => {
    const folder = await mkdtemp(join(directory, 'work-'));
    await gitops.bring(commit, folder);
    return readFolder(folder);
  };
  return { access, log, ports: { gitops, at, clock: hurried, random: () => 0, log: line => void log.push(line) } };
}

function images(environment: string, letter: string): readonly PlacedImage[] {
  return ['web', 'worker'].map(name => ({
    name,
    repository: `crcontoso${environment}.azurecr.io/${name}`,
    digest: digest(letter),
    knownAs: [`ghcr.io/contoso/${name}`],
  }));
}

function request(environment: string, letter: string): DeliveryRequest {
  const path = (name: string) => `environments/${environment}/${name}`;
  return {
    branch: 'main',
    apps: ['web', 'worker'].map(name => ({ name, path: path(name), images: [name], charts: [], values: {} })),
    cargo: { images: images(environment, letter), charts: [] },
    note: { environment, bundle: digest('f'), run: 'https://github.com/contoso/platform/actions/runs/1' },
  };
}

const files = ['dev', 'staging', 'prod'].flatMap(one => [
  `environments/${one}/web/kustomization.yaml`,
  `environments/${one}/worker/deployment.yaml`,
]);
const original = (file: string) => readFile(join(example, file), 'utf8');

describe('the example', () => {
  test('gets its images in one commit of the App, which GitHub signs', async () => {
    const before = await handle.resolve('main');
    const { access, ports } = open();
    const delivery = await deliver(request('dev', 'a'), ports);
    expect(delivery).toMatchObject({ changed: true, files: files.slice(0, 2), commit: await handle.resolve('main') });
    expect(await handle.readFile('main', files[0] ?? '')).toBe(
      (await original(files[0] ?? '')).replace(
        'newName: ghcr.io/contoso/web',
        `newName: crcontosodev.azurecr.io/web\n    digest: ${digest('a')}`,
      ),
    );
    expect(await handle.readFile('main', files[1] ?? '')).toBe(
      (await original(files[1] ?? '')).replace(
        'image: ghcr.io/contoso/worker #',
        `image: crcontosodev.azurecr.io/worker@${digest('a')} #`,
      ),
    );
    for (const file of files.slice(2)) expect(await handle.readFile('main', file)).toBe(await original(file));
    const { parents, message } = await ports.gitops.commitOf(delivery.commit);
    expect([parents, message.split('\n')[0]]).toEqual([[before], 'Deliver web and worker to dev']);
    // A second run finds it done; only tokens were asked for.
    const writes = world.ledger.writes().length;
    expect(await deliver(request('dev', 'a'), ports)).toMatchObject({ changed: false, commit: delivery.commit });
    expect(world.ledger.writes()).toHaveLength(writes);
    expect(world.ledger.writes()).toEqual([
      { identity: 'github:contoso-gitops[bot]', host: 'api.github.com', method: 'POST', path: '/graphql', count: 1 },
    ]);
    const token = await access.token();
    await access.revoke();
    expect(masked.has(token)).toBe(true);
    await expect(
      createRequests({ apiUrl, clock: hurried, token }).read('read', 'GET /repos/contoso/gitops', {}),
    ).rejects.toThrow('does not accept the token');
  });

  test('goes back to what it was, and what others changed stays', async () => {
    const { ports } = open();
    const { commit } = await deliver(request('staging', 'b'), ports);
    await deliver(request('staging', 'c'), ports);
    await handle.commit({ branch: 'main', message: 'By hand', files: { 'README.md': 'x\n' } });
    expect(await revertTo({ ...request('staging', 'b'), to: commit }, ports)).toMatchObject({ changed: true });
    expect(await handle.readFile('main', files[3] ?? '')).toContain(`worker@${digest('b')}`);
    expect(await handle.readFile('main', 'README.md')).toBe('x\n');
  });
});

describe('others who write at the same time', () => {
  test('lose nothing, and neither does delivery', async () => {
    const deliveries = ['dev', 'staging', 'prod'].map(environment => deliver(request(environment, 'd'), open().ports));
    const people = [1, 2, 3, 4].map(at =>
      handle.commit({ branch: 'main', message: `By hand ${at}`, files: { [`notes/${at}`]: 'x\n' } }),
    );
    const [results] = await Promise.all([Promise.all(deliveries), Promise.all(people)]);
    expect(results.map(({ changed }) => changed)).toEqual([true, true, true]);
    for (const file of files) expect(await handle.readFile('main', file)).toContain(digest('d'));
    for (const at of [1, 2, 3, 4]) expect(await handle.readFile('main', `notes/${at}`)).toBe('x\n');
  });

  test('a GitHub that fails for a while is asked again', async () => {
    const { ports, log } = open();
    world.faults.add({
      match: on('POST', 'api.github.com', /^\/graphql$/),
      times: 2,
      answer: json(502, { message: 'Server Error' }),
    });
    world.faults.add({ match: on('GET', 'codeload.github.com'), times: 1, answer: 'reset' });
    expect(await deliver(request('dev', 'e'), ports)).toMatchObject({ changed: true });
    expect(log.filter(line => line.includes('Looking whether the commit was made.'))).toHaveLength(2);
  });
});

test('a commit whose answer gets lost is found, not made twice', async () => {
  const { ports } = open();
  const graphql = on('POST', 'api.github.com', /^\/graphql$/);
  const authorization = `token ${await open().access.token()}`;
  // GitHub does it, and the connection breaks before it says so.
  const perform = async (asked: WorldRequest) => {
    const headers = { authorization, 'user-agent': 'x' };
    await fetch(`${apiUrl}/graphql`, { method: 'POST', headers, body: String(await asked.body()) });
  };
  world.faults.add({ match: graphql, times: 1, answer: { call: perform } });
  world.faults.add({ match: graphql, times: 1, answer: 'reset' });
  const before = await handle.resolve('main');
  const delivery = await deliver(request('prod', '9'), ports);
  expect(delivery).toMatchObject({ changed: true, commit: await handle.resolve('main'), files: files.slice(4) });
  expect((await ports.gitops.commitOf(delivery.commit)).parents).toEqual([before]);
});

describe('what bad input gets', () => {
  test('a branch with a rule: nothing is committed, and the message says what to do', async () => {
    const before = await handle.resolve('main');
    for (const rule of ['protection', 'ruleset'] as const) {
      handle.protectBranch('main', rule);
      await expect(deliver(request('prod', '1'), open().ports)).rejects.toThrow(
        'The rules of the branch refuse this commit to contoso/gitops:',
      );
    }
    handle.protectBranch('main', undefined);
    expect(await handle.resolve('main')).toBe(before);
  });

  test('files that archives convert', async () => {
    await handle.commit({ branch: 'main', message: 'Ends', files: { '.gitattributes': '*.yaml text eol=crlf\n' } });
    await expect(deliver(request('prod', '1'), open().ports)).rejects.toThrow(
      `${files[4]} cannot be edited: Git holds it in another form than GitHub’s archives`,
    );
    await handle.commit({ branch: 'main', message: 'No ends', files: { '.gitattributes': null } });
    expect(await deliver(request('prod', '1'), open().ports)).toMatchObject({ changed: true });
  });

  test('a token that only reads', async () => {
    await expect(deliver(request('prod', '2'), open('read').ports)).rejects.toThrow(
      'The token may not write the contents of contoso/gitops: Resource not accessible by integration',
    );
  });

  test('an installation that is suspended', async () => {
    app.suspend('contoso');
    await expect(deliver(request('prod', '1'), open().ports)).rejects.toThrow(
      'installation on contoso/gitops is suspended',
    );
    app.suspend('contoso', false);
  });

  test('a branch that there is not', async () => {
    await expect(deliver({ ...request('prod', '1'), branch: 'live' }, open().ports)).rejects.toThrow(
      'The GitOps repository has no branch live. Its default branch is `main`.',
    );
  });
});
