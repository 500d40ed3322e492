import { type ChartProposal, proposedVersion } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import { parsePlatform, pinChart } from '@suite/platform-file';
import { NotEditable } from '@suite/platform-file/yaml';

/** The file that a proposal changes. */
export interface ChartTarget {
  /** In the repository. */
  readonly path: string;
  /** Its text with what is proposed. Throws a UserError. */
  edit(text: string, proposal: ChartProposal): string;
}

/** The platform file: where it names a version of the chart, else under `defaults:`. */
export function targetOf({ file }: { readonly file: string }): ChartTarget {
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
