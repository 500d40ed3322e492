import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Log, readContext } from '@suite/action-kit';
import { CancelledError, UserError } from '@suite/foundation';
import type { Gone } from './gone.ts';
import type { Services, Shelf } from './ports.ts';
import { retire } from './retire.ts';

const workspace = join(import.meta.dirname, '..', '..', '..', 'examples', 'platform-repository');
const context = readContext(
  {
    GITHUB_REPOSITORY: 'contoso/platform',
    GITHUB_REPOSITORY_ID: '7',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'abc',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: 'workflow_dispatch',
    GITHUB_ACTOR: 'mona',
    GITHUB_RUN_ID: '4711',
  },
  { cwd: workspace, temp: '/t' },
);

function start(given: { readonly open?: unknown; readonly write?: unknown; readonly none?: boolean } = {}) {
  const lines: string[] = [];
  const sections: string[] = [];
  const notes: Gone[] = [];
  const print = (level: string) => (text: string) => void lines.push(`${level}: ${text}`);
  const log: Log = {
    info: print('info'),
    debug: print('debug'),
    notice: print('notice'),
    warning: print('warning'),
    error: print('error'),
    group: (_, work) => work(),
  };
  const shelf: Pick<Shelf, 'gone' | 'retire'> = {
    gone: async () => notes.at(-1),
    retire: async gone => {
      if (given.write !== undefined) throw given.write;
      notes.push(gone);
    },
  };
  const services = {
    context,
    log,
    now: async () => Date.UTC(2026, 10, 27),
    summary: { append: async (added: readonly string[]) => void sections.push(...added) },
    openShelf: async () => {
      if (given.open !== undefined) throw given.open;
      return given.none === true ? undefined : shelf;
    },
  } as unknown as Services;
  const request = (scope: string) => ({
    command: 'retire' as const,
    platformFile: join(workspace, 'platform.yaml'),
    token: 't',
    scope,
    region: undefined,
  });
  return { lines, sections, notes, of: (scope: string) => retire(request(scope), services) };
}

test('its registry is told, by whom and when', async () => {
  const { of, notes, lines } = start();
  await of('dev');
  expect(notes).toEqual([
    {
      schema: 'gone/v1',
      repository: '7',
      platform: 'contoso',
      environment: 'dev',
      region: 'westeurope',
      run: 'https://github.com/contoso/platform/actions/runs/4711',
      actor: 'mona',
      at: '2026-11-27T00:00:00.000Z',
    },
  ]);
  expect(lines).toEqual(['info: dev in westeurope: its registry says that nothing runs there any more.']);
});

test('what an earlier run has noted stays as it is', async () => {
  const { of, notes } = start();
  await of('dev');
  const [noted] = notes;
  await of('dev');
  expect(notes).toEqual([noted]);
});

test('without a registry nothing is noted', async () => {
  const { of, notes, sections } = start({ none: true });
  await of('dev');
  expect([notes, sections]).toEqual([[], []]);
});

describe('a note that cannot be written', () => {
  const closed = new UserError({ message: 'The registry is closed to this runner.', remedy: 'Use another runner.' });

  test.each([
    ['because of the registry', { write: closed }],
    ['because Azure says nothing of it', { open: closed }],
  ])('%s is a warning that says what follows from it, and stops nothing', async (_, given) => {
    const { of, lines, sections, notes } = start(given);
    await of('dev');
    expect(notes).toEqual([]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^warning: dev in westeurope: its registry could not be told .* closed to this runner\. Use another runner\. Where the registry stays, its last record stays/,
      ),
    ]);
    expect(sections.join('\n')).toMatch(/dev · westeurope goes, and its registry does not say so/);
    expect(sections.join('\n')).toMatch(/closed to this runner/);
  });

  test.each([
    ['a defect', new TypeError('undefined is not a function')],
    ['a cancelled run', new CancelledError('The run was cancelled.')],
  ])('%s ends it', async (_, write) => {
    const { of, lines } = start({ write });
    await expect(of('dev')).rejects.toBe(write);
    expect(lines).toEqual([]);
  });
});

test('what is shared is refused', async () => {
  await expect(start().of('shared')).rejects.toThrow(/which every environment uses/);
});
