import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseGitOpsBases } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { findBases } from './base-command.ts';

const example = join(import.meta.dirname, '..', '..', '..', 'examples', 'platform-repository', 'platform.yaml');
const sha = (sign: string) => sign.repeat(40);

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'base-'));
});
afterAll(() => rm(workspace, { recursive: true }));

async function find(applications: string, head: (repository: string, branch: string) => string) {
  const outputs: Record<string, unknown> = {};
  const opened: string[] = [];
  let open = 0;
  const platformFile = join(workspace, 'platform.yaml');
  await writeFile(platformFile, `${await readFile(example, 'utf8')}${applications}`);
  const context = { workspace } as Parameters<typeof findBases>[1]['context'];
  const log = { info: () => undefined } as unknown as Parameters<typeof findBases>[1]['log'];
  const found = findBases(
    { command: 'base', platformFile, gitops: { kind: 'none' } },
    {
      context,
      log,
      setOutputs: values => void Object.assign(outputs, values),
      open: repository => {
        opened.push(repository);
        open += 1;
        return {
          gitops: { head: async branch => head(repository, branch) },
          close: async () => {
            open -= 1;
          },
        };
      },
    },
  );
  await found.finally(() => expect(open).toBe(0));
  return { bases: parseGitOpsBases(String(outputs['gitops'])), opened };
}

const two = `
applications: { repository: contoso/gitops, apps: [{ name: web }] }
`;

test('every branch of every repository is asked for once, whichever environments use it', async () => {
  const { bases, opened } = await find(two, () => sha('a'));
  expect(bases).toEqual([{ repository: 'contoso/gitops', branch: 'main', commit: sha('a') }]);
  expect(opened).toEqual(['contoso/gitops']);
});

test('a platform without applications has none, and nobody is asked', async () => {
  expect(await find('', () => sha('a'))).toEqual({ bases: [], opened: [] });
});

test('one that cannot be read is said, and there is no bundle without it', async () => {
  const refused = find(two, repository => {
    throw new UserError({ message: `The token sees no repository ${repository}.`, remedy: 'Give another one.' });
  });
  await expect(refused).rejects.toThrow(
    'The token sees no repository contoso/gitops. No bundle was made. Give another one.',
  );
});
