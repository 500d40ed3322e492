import { type ChartProposal, proposedVersion } from '@suite/change-report';
import { asObject, isObject, parseJson, UserError } from '@suite/foundation';
import { parsePlatform, pinChart } from '@suite/platform-file';
import { NotEditable } from '@suite/platform-file/yaml';

/** The file that a proposal changes. */
export interface ChartTarget {
  /** In the repository. */
  readonly path: string;
  /** Its text with what is proposed. Throws a UserError. */
  edit(text: string, proposal: ChartProposal): string;
}

export function targetOf({ file, list }: { readonly file: string; readonly list: string | undefined }): ChartTarget {
  return list === undefined ? platformTarget(file) : listTarget(list);
}

/** The platform file: where it names a version of the chart, else under `defaults:`. */
function platformTarget(file: string): ChartTarget {
  return {
    path: file,
    edit: (text, { rows }) => {
      const after = rows.reduce((rest, row) => {
        const to = proposedVersion(row);
        return to === undefined ? rest : pinned(rest, row, to);
      }, text);
      // What is proposed can be merged.
      parsePlatform(after, file);
      return after;
    },
  };
}

function pinned(...given: Parameters<typeof pinChart>): string {
  try {
    return pinChart(...given);
  } catch (error) {
    if (!(error instanceof NotEditable)) throw error;
    throw new UserError({ message: `${error.message}.` }, { cause: error });
  }
}

/** The suite's own list of charts: JSON, by the name of the release, in which whatever else is known of a chart stays. */
function listTarget(path: string): ChartTarget {
  return {
    path,
    edit: (text, { release, rows }) => {
      const list = asObject(parseJson(text));
      const entry = list[release];
      const [to] = rows.flatMap(row => proposedVersion(row) ?? []);
      if (!isObject(entry) || to === undefined || written(list) !== text) {
        throw new UserError({
          message: `it is no list of charts with \`${release}\`, or not written as this suite writes it.`,
        });
      }
      const { version, digest, appVersion } = to;
      // The day on which the support of another version ends says nothing of this one.
      const { endOfSupport: _, appVersion: __, ...kept } = entry;
      return written({
        ...list,
        [release]: { ...kept, version, digest, ...(appVersion === undefined ? {} : { appVersion }) },
      });
    },
  };
}

const written = (list: object) => `${JSON.stringify(list, null, 2)}\n`;
