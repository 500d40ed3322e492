import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseReport } from '@suite/change-report';
import { readRelease, recordedScopes, upgradeReport } from '@suite/sandbox';
import { openVariant, reportOf, succeeded, tell, type VariantWorld } from '../support/bundle.ts';
import { losses, renderGuide } from '../support/last-release.ts';

/** The variant `upgraded`: today's modules, planned by the real Terraform on states and resources that those of the last release have made. */
let sandbox: VariantWorld;

beforeAll(async () => {
  sandbox = await openVariant('upgraded');
});
afterAll(() => sandbox.close());

test('an upgrade changes what its guide says and nothing else', async () => {
  const { runs, artifactOf } = await tell(sandbox, sandbox.variant.chapters);
  const [planned] = runs;
  if (planned === undefined) throw new Error('Nothing was planned.');
  const plans = recordedScopes.map(async scope => {
    const { changes } = parseReport(JSON.parse(await artifactOf(planned, upgradeReport(scope))));
    return { scope, changes };
  });
  const guide = await readFile(new URL('../../docs/reference/upgrades.md', import.meta.url), 'utf8');
  expect(renderGuide(readRelease(), await Promise.all(plans))).toBe(guide);
});

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
  const planned = succeeded(await sandbox.run({ command: 'plan', scope: 'shared' }, { release }));
  expect(losses((await reportOf(planned)).changes)).toContain(
    'replace module.logs[0].azurerm_log_analytics_workspace.this',
  );
});
