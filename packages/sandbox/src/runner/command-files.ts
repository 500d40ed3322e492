/** What a step printed and wrote, read as the runner reads it. */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
}

/** The lines of a log as a person sees them, with what the workflow commands in it said. */
export interface ReadLog {
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
}

const commandLine = /^\s*::([a-z-]+)(?:\s+([^:]*(?::[^:]+)*?))?::(.*)$/i;

/** Reads workflow commands out of a step's standard output: masks hide, groups fold, problems become annotations. */
export function readLog(output: string): ReadLog {
  const masks: string[] = [];
  const lines: string[] = [];
  const annotations: Annotation[] = [];
  let indent = '';
  const hide = (text: string) => masks.reduce((hidden, mask) => hidden.replaceAll(mask, '***'), text);
  for (const line of output.split(/\r?\n/)) {
    const command = commandLine.exec(line);
    if (command === null) {
      lines.push(indent + hide(line));
      continue;
    }
    const [, name = '', properties = '', data = ''] = command;
    const message = unescapeData(data);
    switch (name.toLowerCase()) {
      case 'add-mask':
        for (const part of message.split(/\r?\n/)) if (part.trim() !== '') masks.push(part.trim());
        break;
      case 'group':
        lines.push(`▾ ${hide(message)}`);
        indent = '  ';
        break;
      case 'endgroup':
        indent = '';
        break;
      case 'debug':
        break;
      case 'error':
      case 'warning':
      case 'notice': {
        const level = name.toLowerCase() as Annotation['level'];
        const values = readProperties(properties);
        const place = values['file'] === undefined ? {} : { file: values['file'], line: Number(values['line'] ?? 1) };
        annotations.push({ level, message: hide(message), ...place });
        lines.push(`${indent}${level}: ${hide(message)}`);
        break;
      }
      default:
        lines.push(indent + hide(line));
    }
  }
  while (lines.at(-1) === '') lines.pop();
  return { lines, annotations };
}

function readProperties(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const part of text.split(',')) {
    const at = part.indexOf('=');
    if (at > 0) values[part.slice(0, at).trim()] = unescapeProperty(part.slice(at + 1));
  }
  return values;
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

/** Reads a `GITHUB_OUTPUT` file: `name=value` lines and `name<<DELIMITER` blocks. */
export function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block !== null) {
      const [, name = '', delimiter = ''] = block;
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`GITHUB_OUTPUT: the block of ${name} does not end.`);
      outputs[name] = lines.slice(index + 1, end).join('\n');
      index = end;
    } else if (line.includes('=')) {
      outputs[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    }
  }
  return outputs;
}
