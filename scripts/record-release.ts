/**
 * `pnpm record-release VERSION`: records what today's modules make of the example, which the next release is held to
 * (`packages/sandbox/last-release.json.gz`). `pnpm record-release guide`: writes what they change of the recorded one into
 * `docs/reference/upgrades.md`. Both play in the sandbox, with the real Terraform and the release tree as it was built last.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRelease, recordedScopes } from '@suite/sandbox';
import { openBundleWorld, openVariant, reportOf, succeeded } from '../test/support/bundle.ts';
import { recordRelease, renderGuide, writeRelease } from '../test/support/last-release.ts';

const [what] = process.argv.slice(2);
if (what === undefined || !/^(?:guide|none|v\d+\.\d+\.\d+)$/.test(what)) {
  console.error('Name the version that is released, such as v1.2.0, or `guide`.');
  process.exit(1);
}
if (what === 'guide') await writeGuide();
else await writeRecord(what);

async function writeRecord(release: string): Promise<void> {
  const sandbox = await openBundleWorld();
  try {
    sandbox.world.settings.operationMs = 0;
    await writeRelease(await recordRelease(sandbox, release));
  } finally {
    await sandbox.close();
  }
}

async function writeGuide(): Promise<void> {
  const sandbox = await openVariant('upgraded');
  try {
    const plans = [];
    for (const scope of recordedScopes) {
      const { changes } = await reportOf(succeeded(await sandbox.run({ command: 'plan', scope })));
      plans.push({ scope, changes });
    }
    await writeFile(
      join(import.meta.dirname, '..', 'docs', 'reference', 'upgrades.md'),
      renderGuide(readRelease(), plans),
    );
  } finally {
    await sandbox.close();
  }
}
