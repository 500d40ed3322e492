import { relative } from 'node:path';
import type { Annotation } from '../annotations.ts';
import type { Masks } from './masks.ts';
import { readCommand, type WorkflowCommand } from './workflow-commands.ts';

/** What a step printed, as a person sees it: masks hide, groups fold, problems become annotations. */
export interface StepLog {
  /** A line of the step's own output. */
  print(line: string): void;
  /** What the runner itself has to say. */
  say(level: Annotation['level'], message: string): void;
  readonly lines: readonly string[];
  readonly annotations: readonly Annotation[];
  /** A workflow command could not be done, which fails the step. */
  readonly failed: boolean;
}

// actions/runner, ExecutionContext.cs: _maxCountPerIssueType and _maxIssueMessageLength.
const annotationsPerLevel = 10;
const messageLength = 4096;

export function createStepLog(masks: Masks, workspace: string): StepLog {
  const lines: string[] = [];
  const annotations: Annotation[] = [];
  let indent = '';
  let failed = false;
  let resume: string | undefined;

  const add = (annotation: Annotation) => {
    const message = masks.hide(annotation.message).slice(0, messageLength);
    const ofLevel = annotations.filter(({ level }) => level === annotation.level).length;
    const { title, file } = annotation;
    if (ofLevel < annotationsPerLevel) {
      annotations.push({
        ...annotation,
        message,
        ...(title === undefined ? {} : { title: masks.hide(title) }),
        ...(file === undefined ? {} : { file: masks.hide(file) }),
      });
    }
    lines.push(`${indent}${annotation.level}: ${message}`);
  };
  const refuse = (message: string) => {
    failed = true;
    add({ level: 'error', message });
  };

  const perform = ({ name, properties, data }: WorkflowCommand, line: string) => {
    switch (name) {
      case 'add-mask':
        masks.add(data);
        break;
      case 'group':
        lines.push(`▾ ${masks.hide(data)}`);
        indent = '  ';
        break;
      case 'endgroup':
        indent = '';
        break;
      case 'debug':
      case 'echo':
        break;
      case 'stop-commands':
        resume = data;
        lines.push(indent + masks.hide(line));
        break;
      case 'error':
      case 'warning':
      case 'notice':
        add({ level: name, message: data, ...placeOf(properties, workspace) });
        break;
      default:
        refuse(`The sandbox's runner does not know the workflow command \`${name}\`; use the file commands.`);
    }
  };

  return {
    print: line => {
      const command = readCommand(line, resume);
      if (command === undefined) lines.push(indent + masks.hide(line));
      else if (resume === undefined) perform(command, line);
      else resume = undefined;
    },
    say: (level, message) => add({ level, message }),
    lines,
    annotations,
    get failed() {
      return failed;
    },
  };
}

function placeOf(properties: WorkflowCommand['properties'], workspace: string): Partial<Annotation> {
  const { title, file } = properties;
  const number = (name: string) => (/^\d+$/.test(properties[name] ?? '') ? Number(properties[name]) : undefined);
  const [line = number('endLine'), endLine, column, endColumn] = ['line', 'endLine', 'col', 'endColumn'].map(number);
  return {
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file: fromWorkspace(file, workspace) }),
    ...(line === undefined ? {} : { line }),
    ...(endLine === undefined ? {} : { endLine }),
    ...(line === undefined || column === undefined ? {} : { column }),
    ...(line === undefined || endColumn === undefined ? {} : { endColumn }),
  };
}

function fromWorkspace(file: string, workspace: string): string {
  return file.startsWith(`${workspace}/`) ? relative(workspace, file) : file;
}
