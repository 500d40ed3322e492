import { readFile } from 'node:fs/promises';
import { type ChangeReport, parseReport } from '@suite/change-report';
import { parseJson, UserError } from '@suite/foundation';

/** Reads a change report. Throws a UserError when there is none. */
export async function readReport(file: string): Promise<ChangeReport> {
  const text = await readFile(file, 'utf8').catch(cause => {
    throw new UserError(
      {
        message: `names ${file}, which cannot be read.`,
        location: { kind: 'input', name: 'reports' },
        remedy: 'Give the `report` outputs of the applies.',
      },
      { cause },
    );
  });
  return parseReport(parseJson(text));
}
