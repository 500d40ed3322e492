import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { readWorkflow } from '@suite/sandbox';
import { parse } from 'yaml';
import { brokenLinks } from '../../scripts/links.ts';

const root = join(import.meta.dirname, '..', '..');
const release = join(root, 'out', 'release');
const workflows = join(release, '.github', 'workflows');

test('every link of its pages leads somewhere', async () => {
  expect(await brokenLinks(release)).toEqual([]);
});

describe('its workflows', () => {
  test('are read by GitHub’s own parser without a finding, like the example’s', async () => {
    const files = [
      ...(await readdir(workflows)).map(file => join(workflows, file)),
      join(root, 'examples', 'platform-repository', '.github', 'workflows', 'platform.yml'),
      join(root, '.github', 'workflows', 'ci.yml'),
    ];
    for (const file of files) await readWorkflow(file, await readFile(file, 'utf8'));
    expect(files.length).toBeGreaterThan(2);
  });

  test('are for callers alone, name only actions of the tree, and pin all others by commit', async () => {
    const actions = new Set((await readdir(release)).map(name => `$/${name}`));
    const called = new Set((await readdir(workflows)).map(name => `$/.github/workflows/${name}`));
    for (const file of await readdir(workflows)) {
      const workflow = asObject(parse(await readFile(join(workflows, file), 'utf8')));
      expect(Object.keys(asObject(workflow['on']))).toEqual(['workflow_call']);
      expect(workflow['permissions']).toEqual({});
      for (const [id, job] of Object.entries(asObject(workflow['jobs'])).map(
        ([id, job]) => [id, asObject(job)] as const,
      )) {
        expect([file, id, typeof job['permissions']]).toEqual([file, id, 'object']);
        if (job['uses'] !== undefined) {
          expect(called.has(String(job['uses']))).toBe(true);
          continue; // its own jobs have time limits
        }
        expect([file, id, typeof job['timeout-minutes']]).toEqual([file, id, 'number']);
        for (const step of asArray(job['steps']).map(asObject)) {
          if (step['run'] !== undefined) {
            // A script is code: what it works on comes by its environment.
            expect(String(step['run'])).not.toContain('${{');
            continue;
          }
          const uses = String(step['uses']);
          expect(uses.startsWith('$/') ? actions.has(uses) : /@[0-9a-f]{40}$/.test(uses)).toBe(true);
        }
      }
    }
  });
});
