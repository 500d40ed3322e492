import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type ChangeReport, parseReport } from '@suite/change-report';
import { mapInParallel, parseJson, UserError } from '@suite/foundation';

/** What the downloaded artifacts hold. */
export interface Collection {
  readonly reports: readonly ChangeReport[];
  /** Files that are no reports, and why. */
  readonly unreadable: readonly Unreadable[];
}

export interface Unreadable {
  /** Name of the artifact, `report-contoso-dev-westeurope`; empty where it was the only one, which has no folder of its own. */
  readonly artifact: string;
  /** `report-plan-contoso-dev-westeurope.json` */
  readonly file: string;
  readonly why: string;
}

// The report of 10,000 changes has 20 MB; what is larger was not made by this suite.
const largest = 256 * 1024 * 1024;

/**
 * Every report below a folder, however deep. `actions/download-artifact` gives each artifact a folder of its name, unless it found only one
 * (v8, `artifacts.length === 1`). A folder that is not there is one without artifacts.
 */
export async function readReports(folder: string): Promise<Collection> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    // A link is no file here, and is read as one, so that it is named as what it is.
    .filter(entry => !entry.isDirectory() && entry.name.endsWith('.json'))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
    .toSorted();
  const read = await mapInParallel(files, 4, async file =>
    readReportFile(join(folder, file)).catch((error): Unreadable => {
      if (!(error instanceof UserError)) throw error;
      const [artifact = '', ...rest] = file.split(sep);
      return { artifact: rest.length === 0 ? '' : artifact, file: basename(file), why: error.message };
    }),
  );
  return {
    reports: read.flatMap(result => ('why' in result ? [] : result)),
    unreadable: read.flatMap(result => ('why' in result ? result : [])),
  };
}

/** Throws a UserError when the file is no change report of this version. */
export async function readReportFile(file: string): Promise<ChangeReport> {
  const found = await lstat(file).catch(cause => {
    throw new UserError({ message: `There is no report ${file}.`, remedy: 'Check the path.' }, { cause });
  });
  if (!found.isFile())
    throw new UserError({ message: 'The report is no regular file.', remedy: 'Give the file itself.' });
  if (found.size > largest) {
    throw new UserError({
      message: `The report has ${Math.round(found.size / 1024 / 1024)} MB, which is too large.`,
      remedy: 'This suite makes none of that size.',
    });
  }
  const value = parseJson(await readFile(file, 'utf8'));
  if (value === undefined) {
    throw new UserError({ message: 'The report is cut off: it is no JSON.', remedy: 'Run the job again.' });
  }
  return parseReport(value);
}
