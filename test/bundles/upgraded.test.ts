import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../support/bundle.ts';
import {
  losses,
  type ReleaseRecord,
  readRelease,
  recordedScopes,
  renderGuide,
  restoreRelease,
} from '../support/last-release.ts';

/** Today's modules, planned by the real Terraform on states and resources that those of the last release have made. */
let sandbox: BundleWorld;
let record: ReleaseRecord;

beforeAll(async () => {
  [sandbox, record] = await Promise.all([openBundleWorld(), readRelease()]);
  await restoreRelease(sandbox, record);
});
afterAll(() => sandbox.close());

async function plan(scope: string, release?: string): Promise<ChangeReport> {
  const options = release === undefined ? {} : { release };
  return reportOf(succeeded(await sandbox.run({ command: 'plan', scope }, options)));
}

test('an upgrade changes what its guide says and nothing else', async () => {
  const plans: { scope: string; changes: ChangeReport['changes'] }[] = [];
  for (const scope of recordedScopes) plans.push({ scope, changes: (await plan(scope)).changes });
  const guide = await readFile(new URL('../../docs/reference/upgrades.md', import.meta.url), 'utf8');
  expect(renderGuide(record, plans)).toBe(guide);
}, 240_000);

test('a module that makes something anew is found', async () => {
  const release = join(sandbox.folder, 'release');
  await cp(new URL('../../out/release/provision-aks', import.meta.url), join(release, 'provision-aks'), {
    recursive: true,
  });
  const module = join(release, 'provision-aks', 'terraform', 'modules', 'logs', 'main.tf');
  const text = await readFile(module, 'utf8');
  const changed = text.replace('= var.name', '= "log-another"');
  expect(changed).not.toBe(text);
  await writeFile(module, changed);
  const { changes } = await plan('shared', release);
  expect(losses(changes)).toContain('replace module.logs[0].azurerm_log_analytics_workspace.this');
});
