import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProcessRunner, ToolStore } from '@suite/action-kit';
import { UserError } from '@suite/foundation';
import { engines } from './engine.ts';
import { isRecentEnough, locateEngine } from './locate.ts';
import { pinnedRelease, pinnedTofu, releasePlatform } from './release.ts';

const zip = 'not really a zip';
const release = {
  version: '1.11.4',
  checksums: { linux_amd64: createHash('sha256').update(zip).digest('hex') },
};
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locate-'));
  await writeFile(join(folder, 'terraform.zip'), zip);
});
afterAll(() => rm(folder, { recursive: true }));

function onPath(version: string | undefined): ProcessRunner {
  return {
    run: async () => {
      if (version === undefined) throw new UserError({ message: 'The program `terraform` was not found.' });
      const stdout = JSON.stringify({ terraform_version: version });
      return { code: 0, signal: null, stdout, stderr: '', interrupted: false };
    },
  };
}

function store(calls: string[], overrides: Partial<ToolStore> = {}): ToolStore {
  return {
    find: async () => undefined,
    download: async url => {
      calls.push(`download ${url}`);
      return join(folder, 'terraform.zip');
    },
    extractZip: async () => '/extracted',
    extractTar: () => Promise.reject(new Error('Terraform comes in zip files.')),
    cache: async (from, name, version, arch) => {
      calls.push(`cache ${from} ${name} ${version} ${arch}`);
      return '/cache/terraform';
    },
    ...overrides,
  };
}

const runner = { env: { PATH: '/bin' }, cwd: '/', platform: 'linux', arch: 'x64', release };

describe('locateEngine', () => {
  test.each(['1.11.4', '1.15.8', '2.0.0'])('takes %s from PATH', async version => {
    const calls: string[] = [];
    const found = await locateEngine(engines.terraform, { ...runner, processes: onPath(version), tools: store(calls) });
    expect(found).toEqual({ file: 'terraform', version, source: 'path' });
    expect(calls).toEqual([]);
  });

  test('an old one on PATH is passed over for the cache', async () => {
    const tools = store([], { find: async () => '/tools/terraform/1.11.4' });
    const found = await locateEngine(engines.terraform, { ...runner, processes: onPath('1.10.5'), tools });
    expect(found).toEqual({ file: '/tools/terraform/1.11.4/terraform', version: '1.11.4', source: 'cache' });
  });

  test('else the pinned release is downloaded, checked and cached', async () => {
    const calls: string[] = [];
    const found = await locateEngine(engines.terraform, {
      ...runner,
      processes: onPath(undefined),
      tools: store(calls),
    });
    expect(found).toEqual({ file: '/cache/terraform/terraform', version: '1.11.4', source: 'download' });
    expect(calls).toEqual([
      'download https://releases.hashicorp.com/terraform/1.11.4/terraform_1.11.4_linux_amd64.zip',
      'cache /extracted terraform 1.11.4 x64',
    ]);
  });

  test('another checksum: nothing is unpacked', async () => {
    const tools = store([], {
      extractZip: () => {
        throw new Error('must not be called');
      },
    });
    const wrong = { ...release, checksums: { linux_amd64: '0'.repeat(64) } };
    const located = locateEngine(engines.terraform, { ...runner, processes: onPath(undefined), tools, release: wrong });
    await expect(located).rejects.toThrow(/instead of 0000/);
    await expect(located).rejects.toBeInstanceOf(UserError);
  });

  test('no download: says what to install, and why', async () => {
    const cause = new Error('connect ECONNREFUSED');
    const tools = store([], { download: () => Promise.reject(cause) });
    const located = locateEngine(engines.terraform, { ...runner, processes: onPath('1.9.8'), tools });
    await expect(located).rejects.toMatchObject({
      name: 'UserError',
      cause,
      message: expect.stringMatching(/PATH is 1\.9\.8.*hashicorp\/setup-terraform/),
    });
  });

  test('OpenTofu is asked by its own name, and downloaded where it is published', async () => {
    const calls: string[] = [];
    const located = (version: string | undefined) =>
      locateEngine(engines.opentofu, { ...runner, processes: onPath(version), tools: store(calls) });
    expect(await located('1.12.6')).toEqual({ file: 'tofu', version: '1.12.6', source: 'path' });
    expect(await located(undefined)).toMatchObject({ file: '/cache/terraform/tofu', source: 'download' });
    expect(calls).toEqual([
      'download https://github.com/opentofu/opentofu/releases/download/v1.11.4/tofu_1.11.4_linux_amd64.zip',
      'cache /extracted tofu 1.11.4 x64',
    ]);
  });

  test('and where it cannot be, its own action is named', async () => {
    const tools = store([], { download: () => Promise.reject(new Error('connect ECONNREFUSED')) });
    const located = locateEngine(engines.opentofu, { ...runner, processes: onPath('1.10.6'), tools });
    await expect(located).rejects.toThrow(/OpenTofu on PATH is 1\.10\.6.*opentofu\/setup-opentofu/);
  });

  test('a platform without a checksum is not guessed', async () => {
    const located = locateEngine(engines.terraform, {
      ...runner,
      platform: 'freebsd',
      processes: onPath(undefined),
      tools: store([]),
    });
    await expect(located).rejects.toThrow(/freebsd x64\. Install Terraform/);
  });

  test('a failure of ours is not taken for a missing program', async () => {
    const processes: ProcessRunner = { run: () => Promise.reject(new TypeError('bug')) };
    await expect(locateEngine(engines.terraform, { ...runner, processes, tools: store([]) })).rejects.toThrow(
      TypeError,
    );
  });
});

test.each([
  ['1.11.0', true],
  ['1.11.0-rc1', false],
  ['1.11.1-alpha20250101', true],
  ['1.10.9', false],
  ['0.15.0', false],
  ['nonsense', false],
])('%s is recent enough: %s', (version, expected) => {
  expect(isRecentEnough(version)).toBe(expected);
});

test.each([pinnedRelease, pinnedTofu])(
  'release $version has a well-formed checksum for every platform that GitHub hosts',
  ({ checksums }) => {
    for (const [platform, arch] of [
      ['linux', 'x64'],
      ['linux', 'arm64'],
      ['darwin', 'arm64'],
      ['win32', 'x64'],
    ] as const) {
      expect(checksums[releasePlatform(platform, arch) ?? '']).toMatch(/^[0-9a-f]{64}$/);
    }
  },
);
