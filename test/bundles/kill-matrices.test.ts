import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { kills } from '../support/kill-matrices.ts';

const root = join(import.meta.dirname, '..', '..');

/** What the shipped bundle says that it can do when it is asked for something else. */
async function commandsOf(action: string): Promise<string[]> {
  const bundle = join(root, 'out', 'release', action, 'dist', 'index.js');
  const env = { INPUT_COMMAND: 'nothing', GITHUB_WORKSPACE: tmpdir(), RUNNER_TEMP: tmpdir() };
  const said = await new Promise<string>(resolve => {
    execFile(process.execPath, [bundle], { env, cwd: tmpdir() }, (_error, stdout) => resolve(stdout));
  });
  const [, list = ''] = /command: is "nothing"\. Use (.*?)\./.exec(said) ?? [];
  return [...list.matchAll(/`([^`]+)`/g)].map(([, command]) => command ?? '');
}

test.each(Object.entries(kills))(
  'each command of %s is cut off at what it changes, or changes nothing',
  async (action, cuts) => {
    expect((await commandsOf(action)).sort()).toEqual(Object.keys(cuts).sort());
    for (const cut of Object.values(cuts)) {
      if (!('file' in cut)) continue;
      const path = join(root, cut.file);
      expect([cut.file, existsSync(path)]).toEqual([cut.file, true]);
      expect(readFileSync(path, 'utf8')).toContain(cut.says);
    }
  },
);
