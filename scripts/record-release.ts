/**
 * `pnpm record-release VERSION`: records what today's modules make of the example, which the next release is held to
 * (`test/fixtures/last-release.json.gz`). `pnpm record-release guide`: writes what they change of the recorded one into
 * `docs/reference/upgrades.md`. Both play in the sandbox, with the real Terraform and the release tree as it was built last.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BundleWorld, openBundleWorld, reportOf, succeeded } from '../test/support/bundle.ts';
import {
  type ReleaseRecord,
  readRelease,
  recordedScopes,
  recordRelease,
  renderGuide,
  restoreRelease,
  writeRelease,
} from '../test/support/last-release.ts';

const [what] = process.argv.slice(2);
if (what === undefined || !/^(?:guide|none|v\d+\.\d+\.\d+)$/.test(what)) {
  console.error('Name the version that is released, such as v1.2.0, or `guide`.');
  process.exit(1);
}
const sandbox = await openBundleWorld();
try {
  sandbox.world.settings.operationMs = 0;
  if (what === 'guide') await writeGuide(sandbox, await readRelease());
  else await writeRelease(await recordRelease(sandbox, what));
} finally {
  await sandbox.close();
}

async function writeGuide(sandbox: BundleWorld, record: ReleaseRecord): Promise<void> {
  await restoreRelease(sandbox, record);
  const plans = [];
  for (const scope of recordedScopes) {
    const { changes } = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope })));
    plans.push({ scope, changes });
  }
  await writeFile(join(import.meta.dirname, '..', 'docs', 'reference', 'upgrades.md'), renderGuide(record, plans));
}
