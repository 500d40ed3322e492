import { readFile } from 'node:fs/promises';
import { parseJson, UserError } from '@suite/foundation';
import type { ChangeReport } from './model.ts';
import { parseReport } from './schema.ts';

/**
 * Outputs of Terraform that a plan of the infrastructure changes, by the report of that plan: nobody knows them before it is
 * applied. Throws a UserError when the file is no report of one.
 */
export async function changingOutputs(file: string): Promise<ReadonlySet<string>> {
  const { outputs } = await readPlanReport(file);
  return new Set(outputs.map(({ name }) => name));
}

async function readPlanReport(file: string): Promise<ChangeReport> {
  const wrong = (what: string, cause?: unknown) =>
    new UserError(
      {
        message: `names ${file}, ${what}.`,
        location: { kind: 'input', name: 'infrastructure-report' },
        remedy: 'Give the `report` output of `provision-aks` with `command: plan`, or leave the input out.',
      },
      { cause },
    );
  const text = await readFile(file, 'utf8').catch(cause => {
    throw wrong('which cannot be read', cause);
  });
  const report = parseReport(parseJson(text));
  if (report.action !== 'provision-aks' || report.command !== 'plan') {
    throw wrong(`which is the report of ${report.command} by ${report.action}`);
  }
  return report;
}
