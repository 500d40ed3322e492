import { fieldsOf, namedOf, optionalText, textOf } from './fields.ts';
import type { Step } from './model.ts';
import { type Node, WorkflowError } from './node.ts';
import { readCondition } from './read-shared.ts';

const common = ['id', 'name', 'if', 'env', 'continue-on-error', 'timeout-minutes'];

export function readSteps(node: Node | undefined, where: string): readonly Step[] {
  if (node?.kind !== 'list')
    throw new WorkflowError(`${where}.steps must be a list.`, node?.place ?? { line: 1, column: 1 });
  const ids = new Set<string>();
  return node.items.map((item, index) => readStep(item, `${where}.steps[${index}]`, ids));
}

function readStep(node: Node, where: string, ids: Set<string>): Step {
  const isRun = node.kind === 'mapping' && node.entries.some(({ key }) => key === 'run');
  const fields = fieldsOf(node, where, [
    ...common,
    ...(isRun ? ['run', 'shell', 'working-directory'] : ['uses', 'with']),
  ]);
  const uses = isRun ? '' : textOf(fields.or('uses', ''), `${where}.uses`);
  const base = {
    id: claimId(optionalText(fields.get('id'), `${where}.id`), isRun ? 'run' : aliasOf(uses), ids, node),
    name: fields.get('name'),
    condition: readCondition(fields.get('if'), 'step'),
    env: namedOf(fields.get('env'), `${where}.env`),
    continueOnError: fields.or('continue-on-error', false),
    timeoutMinutes: fields.get('timeout-minutes'),
  };
  if (!isRun) return { kind: 'uses', ...base, uses, inputs: namedOf(fields.get('with'), `${where}.with`) };
  const shell = optionalText(fields.get('shell'), `${where}.shell`);
  if (shell !== undefined && shell !== 'bash') {
    throw new WorkflowError(`The sandbox's runner does not know the shell \`${shell}\`, only bash.`, node.place);
  }
  return {
    kind: 'run',
    ...base,
    script: fields.or('run', ''),
    shell,
    workingDirectory: fields.get('working-directory'),
  };
}

function claimId(given: string | undefined, alias: string, ids: Set<string>, node: Node): string {
  if (given !== undefined) {
    if (ids.has(given)) {
      throw new WorkflowError(
        `The identifier '${given}' may not be used more than once within the same scope.`,
        node.place,
      );
    }
    ids.add(given);
    return given;
  }
  const stem = `__${alias.replace(/[^A-Za-z0-9_-]/g, '_')}`;
  let id = stem;
  for (let count = 2; ids.has(id); count++) id = `${stem}_${count}`;
  ids.add(id);
  return id;
}

/** What GitHub calls a step without an id, as GITHUB_ACTION shows it. */
function aliasOf(uses: string): string {
  if (uses.startsWith('./')) return 'self';
  if (uses.startsWith('$/')) return 'selfRepository';
  return uses.split('@')[0]?.split('/').slice(0, 2).join('/') ?? 'run';
}
