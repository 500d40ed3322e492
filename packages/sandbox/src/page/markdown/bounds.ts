import { Script } from 'node:vm';

/** Characters; a summary cannot be longer (docs, workflow commands: 1 MiB). */
const longest = 1_048_576;
/** Characters before the words of a line in quotes and lists: about a hundred levels. */
const deepest = 200;
/** Of all tables. Each row is filled up to the width of its header, so that a few characters make any number of cells. */
const mostCells = 250_000;

// Begins with a quote or an item of a list and goes on with nothing else.
const deepLine = new RegExp(`^(?=[ \\t]*(?:>|[-+*][ \\t]|\\d+[.)][ \\t]))[ \\t>*+\\-\\d.)]{${deepest + 1}}`, 'm');

/** Why a text is too much for the parsers, which take time and memory without end for some; undefined for one that is not. */
export function excessOf(markdown: string): string | undefined {
  if (markdown.length > longest) return `it has more than ${longest} characters`;
  if (deepLine.test(markdown)) return 'its quotes and lists are nested too deeply';
  return cellsOf(markdown) > mostCells ? `its tables have more than ${mostCells} cells` : undefined;
}

function cellsOf(markdown: string): number {
  let columns = 0;
  let cells = 0;
  for (const line of markdown.split('\n')) {
    if (line.trim() === '') columns = 0;
    // The row below the header of a table; in quotes and lists other characters stand before it.
    else if (line.includes('-') && /^[ \t\r>*+\-\d.)|:]+$/.test(line)) {
      columns = Math.max(columns, line.split('|').length);
    }
    cells += columns;
  }
  return cells;
}

const script = new Script('work()');

/** Does work that may not come back; throws after so many milliseconds. Only the engine itself can stop a parser. */
export function within<T>(milliseconds: number, work: () => T): T {
  return script.runInNewContext({ work }, { timeout: milliseconds });
}
