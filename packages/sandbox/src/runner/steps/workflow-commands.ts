/** A line by which a step speaks to the runner. */
export interface WorkflowCommand {
  /** In lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** The commands that a runner registers; `::anything-else::` is a line like any other. */
const registered: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

/**
 * Reads `::name key=value,…::data` at the start of a line, and the old `##[name key=value;…]data` anywhere in it, as
 * actions/runner does (src/Runner.Common/ActionCommand.cs). `resume` is a token that ends `stop-commands`.
 */
export function readCommand(line: string, resume?: string): WorkflowCommand | undefined {
  const isKnown = (name: string) => (resume === undefined ? registered.has(name.toLowerCase()) : name === resume);
  return readNew(line.trimStart(), isKnown) ?? readOld(line, isKnown);
}

type IsKnown = (name: string) => boolean;

function readNew(line: string, isKnown: IsKnown): WorkflowCommand | undefined {
  const end = line.startsWith('::') ? line.indexOf('::', 2) : -1;
  if (end < 0) return undefined;
  const { name, properties } = readHead(line.slice(2, end), ',', unescapeProperty);
  return isKnown(name) ? { name: name.toLowerCase(), properties, data: unescapeData(line.slice(end + 2)) } : undefined;
}

function readOld(line: string, isKnown: IsKnown): WorkflowCommand | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const { name, properties } = readHead(line.slice(start + 3, end), ';', unescapeOld);
  return isKnown(name) ? { name: name.toLowerCase(), properties, data: unescapeOld(line.slice(end + 1)) } : undefined;
}

function readHead(head: string, separator: string, decode: (text: string) => string) {
  const space = head.indexOf(' ');
  const properties: Record<string, string> = {};
  for (const part of space < 0
    ? []
    : head
        .slice(space + 1)
        .trim()
        .split(separator)) {
    const at = part.indexOf('=');
    if (at > 0 && at < part.length - 1) properties[part.slice(0, at).trim()] = decode(part.slice(at + 1));
  }
  return { name: space < 0 ? head : head.slice(0, space), properties };
}

// The percent sign comes last, or `%250A` would become a line end.
function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

function unescapeOld(text: string): string {
  return unescapeData(text.replaceAll('%3B', ';').replaceAll('%5D', ']'));
}
