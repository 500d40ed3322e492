import { resolve } from 'node:path';
import * as core from '@actions/core';
import { type Location, pathInside, printable, shorten } from '@suite/foundation';

/** Where people read what is happening. Everything printed is made harmless: no colours, no control characters, no workflow commands. */
export interface Log {
  info(line: string): void;
  debug(line: string): void;
  notice(message: string, location?: Location): void;
  warning(message: string, location?: Location): void;
  error(message: string, location?: Location): void;
  /** Folds what `work` prints; closed also when it fails. */
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
}

// The runner cuts an annotation at 4,096 characters.
const annotationLimit = 4000;

export function createLog(workspace: string): Log {
  const annotate = (print: typeof core.error) => (message: string, location?: Location) => {
    const text = shorten(withoutCommands(message), annotationLimit);
    if (location?.kind === 'file') {
      const file = pathInside(workspace, resolve(workspace, location.path));
      print(text, { file, startLine: location.line, startColumn: location.column });
    } else print(text);
  };
  return {
    info: line => core.info(withoutCommands(line)),
    debug: line => core.debug(printable(line)),
    notice: annotate(core.notice),
    warning: annotate(core.warning),
    error: annotate(core.error),
    group: async (title, work) => {
      core.startGroup(printable(title));
      try {
        return await work();
      } finally {
        core.endGroup();
      }
    },
  };
}

/**
 * Text that a program or a service wrote may hold lines such as `::add-path::/tmp`, which the runner would obey: it looks
 * for `::` at the start of a line and for `##[` anywhere (actions/runner, ActionCommand). Both are broken with a space.
 */
export function withoutCommands(text: string): string {
  return printable(text)
    .replace(/^(\s*):(?=:)/gm, '$1: ')
    .replaceAll('##[', '## [');
}
