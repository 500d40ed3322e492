import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProcessRunner, ToolStore } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import { isSupported, locateHelm } from './locate.ts';
import { pinnedRelease, releasePlatform } from './release.ts';

const archive = 'not really an archive';
const release = {
  version: '4.1.4',
  checksums: { 'linux-amd64': createHash('sha256').update(archive).digest('hex') },
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locate-helm-'));
  await writeFile(join(folder, 'helm.tar.gz'), archive);
});
afterAll(() => rm(folder, { recursive: true }));

function onPath(version: string | undefined): ProcessRunner {
  return {
    run: async () => {
      if (version === undefined) throw new UserError({ message: 'The program `helm` was not found.' });
      const stdout = `v${version}`;
      return { code: 0, signal: null, stdout, stderr: '', interrupted: false };
    },
  };
}

function store(calls: string[], overrides: Partial<ToolStore> = {}): ToolStore {
  return {
    find: async () => undefined,
    download: async url => {
      calls.push(`download ${url}`);
      return join(folder, 'helm.tar.gz');
    },
    extractZip: async () => '/unzipped',
    extractTar: async () => '/extracted',
    cache: async (from, name, version, arch) => {
      calls.push(`cache ${from} ${name} ${version} ${arch}`);
      return '/cache/helm';
    },
    ...overrides,
  };
}

const runner = { env: { PATH: '/bin' }, cwd: '/', platform: 'linux', arch: 'x64', release };

describe('locateHelm', () => {
  test.each(['4.1.0', '4.1.4', '4.3.0'])('takes %s from PATH', async version => {
    const calls: string[] = [];
    const found = await locateHelm({ ...runner, processes: onPath(version), tools: store(calls) });
    expect(found).toEqual({ file: 'helm', version, source: 'path' });
    expect(calls).toEqual([]);
  });

  test.each(['3.19.0', '4.0.5', '5.0.0'])('%s on PATH is passed over for the cache', async version => {
    const tools = store([], { find: async () => '/tools/helm/4.1.4' });
    const found = await locateHelm({ ...runner, processes: onPath(version), tools });
    expect(found).toEqual({ file: '/tools/helm/4.1.4/helm', version: '4.1.4', source: 'cache' });
  });

  test('else the pinned release is downloaded, checked and cached', async () => {
    const calls: string[] = [];
    const found = await locateHelm({ ...runner, processes: onPath(undefined), tools: store(calls) });
    expect(found).toEqual({ file: '/cache/helm/helm', version: '4.1.4', source: 'download' });
    expect(calls).toEqual([
      'download https://get.helm.sh/helm-v4.1.4-linux-amd64.tar.gz',
      'cache /extracted/linux-amd64 helm 4.1.4 x64',
    ]);
  });

  test('Windows gets a zip file', async () => {
    const calls: string[] = [];
    const checksums = { 'windows-amd64': release.checksums['linux-amd64'] };
    const windows = { ...runner, platform: 'win32', release: { ...release, checksums } };
    const found = await locateHelm({ ...windows, processes: onPath(undefined), tools: store(calls) });
    expect(found.file).toBe('/cache/helm/helm.exe');
    expect(calls).toEqual([
      'download https://get.helm.sh/helm-v4.1.4-windows-amd64.zip',
      'cache /unzipped/windows-amd64 helm 4.1.4 x64',
    ]);
  });

  test('another checksum: nothing is unpacked', async () => {
    const tools = store([], {
      extractTar: () => {
        throw new Error('must not be called');
      },
    });
    const wrong = { ...release, checksums: { 'linux-amd64': '0'.repeat(64) } };
    const located = locateHelm({ ...runner, processes: onPath(undefined), tools, release: wrong });
    await expect(located).rejects.toThrow(/instead of 0000/);
    await expect(located).rejects.toBeInstanceOf(UserError);
  });

  test('no download: says what to install, and why', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const tools = store([], { download: () => Promise.reject(cause) });
    const located = locateHelm({ ...runner, processes: onPath('3.19.0'), tools });
    await expect(located).rejects.toMatchObject({
      name: 'UserError',
      cause,
      message: expect.stringMatching(/PATH is 3\.19\.0.*azure\/setup-helm/),
    });
  });

  test('a platform without a checksum is not guessed', async () => {
    const located = locateHelm({ ...runner, platform: 'freebsd', processes: onPath(undefined), tools: store([]) });
    await expect(located).rejects.toThrow(/freebsd x64\. Install Helm/);
  });

  test('a failure of ours is not taken for a missing program', async () => {
    const processes: ProcessRunner = { run: () => Promise.reject(new TypeError('bug')) };
    await expect(locateHelm({ ...runner, processes, tools: store([]) })).rejects.toThrow(TypeError);
  });
});

test.each([
  ['4.1.0', true],
  ['4.1.0-rc.1', false],
  ['4.1.1-rc.1', true],
  ['4.10.0', true],
  ['4.0.9', false],
  ['3.20.0', false],
  ['5.0.0', false],
  ['nonsense', false],
])('%s is supported: %s', (version, expected) => {
  expect(isSupported(version)).toBe(expected);
});

test('the pinned release has a well-formed checksum for every platform that GitHub hosts', () => {
  for (const [platform, arch] of [
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
  ] as const) {
    expect(pinnedRelease.checksums[releasePlatform(platform, arch) ?? '']).toMatch(/^[0-9a-f]{64}$/);
  }
});
