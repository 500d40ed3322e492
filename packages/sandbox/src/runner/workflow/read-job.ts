import { entriesOf, fieldsOf, isNull, namedOf, textOf, textsOf } from './fields.ts';
import type { CallJob, Job, JobEnvironment, StepsJob, Strategy } from './model.ts';
import { literal, type Node, type Place, WorkflowError } from './node.ts';
import { readConcurrency, readCondition, readPermissions } from './read-shared.ts';
import { readSteps } from './read-steps.ts';

const common = ['name', 'needs', 'if', 'strategy', 'permissions', 'concurrency'];

export function readJob(id: string, place: Place, node: Node): Job {
  const where = `jobs.${id}`;
  const calls = entriesOf(node, where).some(({ key }) => key === 'uses');
  return calls ? readCallJob(id, place, node, where) : readStepsJob(id, place, node, where);
}

function readCallJob(id: string, place: Place, node: Node, where: string): CallJob {
  const fields = fieldsOf(node, where, [...common, 'uses', 'with', 'secrets']);
  const uses = fields.or('uses', '');
  const secrets = fields.get('secrets');
  const inherits = secrets?.kind === 'literal' && secrets.value === 'inherit';
  return {
    kind: 'call',
    ...readCommon(id, place, node, where),
    uses: textOf(uses, `${where}.uses`),
    usesPlace: uses.place,
    inputs: namedOf(fields.get('with'), `${where}.with`),
    secrets: inherits ? 'inherit' : namedOf(secrets, `${where}.secrets`),
  };
}

function readStepsJob(id: string, place: Place, node: Node, where: string): StepsJob {
  const own = ['runs-on', 'environment', 'env', 'outputs', 'timeout-minutes', 'continue-on-error', 'steps'];
  const fields = fieldsOf(node, where, [...common, ...own]);
  const environment = fields.get('environment');
  return {
    kind: 'steps',
    ...readCommon(id, place, node, where),
    runsOn: readRunsOn(fields.or('runs-on', '')),
    environment: environment === undefined ? undefined : readEnvironment(environment, `${where}.environment`),
    env: namedOf(fields.get('env'), `${where}.env`),
    outputs: namedOf(fields.get('outputs'), `${where}.outputs`),
    timeoutMinutes: fields.get('timeout-minutes'),
    continueOnError: fields.or('continue-on-error', false),
    steps: readSteps(fields.get('steps'), where),
  };
}

function readCommon(id: string, place: Place, node: Node, where: string) {
  const get = (key: string) => entriesOf(node, where).find(entry => entry.key === key)?.value;
  const [strategy, permissions, concurrency] = [get('strategy'), get('permissions'), get('concurrency')];
  return {
    id,
    place,
    name: get('name'),
    needs: textsOf(get('needs'), `${where}.needs`),
    condition: readCondition(get('if'), 'job'),
    strategy: strategy === undefined || isNull(strategy) ? undefined : readStrategy(strategy, `${where}.strategy`),
    permissions: permissions === undefined ? undefined : readPermissions(permissions, `${where}.permissions`),
    concurrency: concurrency === undefined ? undefined : readConcurrency(concurrency, `${where}.concurrency`),
  };
}

function readStrategy(node: Node, where: string): Strategy {
  const fields = fieldsOf(node, where, ['matrix', 'fail-fast', 'max-parallel']);
  return {
    matrix: fields.get('matrix'),
    failFast: fields.or('fail-fast', true),
    maxParallel: fields.get('max-parallel'),
  };
}

function readEnvironment(node: Node, where: string): JobEnvironment {
  if (node.kind !== 'mapping') return { name: node, url: undefined, deployment: literal(true, node.place) };
  const fields = fieldsOf(node, where, ['name', 'url', 'deployment']);
  return { name: fields.or('name', ''), url: fields.get('url'), deployment: fields.or('deployment', true) };
}

function readRunsOn(node: Node): Node {
  if (node.kind === 'mapping') {
    throw new WorkflowError("The sandbox's runner does not know `group:` in runs-on.", node.place);
  }
  return node;
}
