import { entriesOf, fieldsOf, isNull, optionalText, textOf, textsOf } from './fields.ts';
import type { CallInterface, InputDefinition, Trigger, Workflow } from './model.ts';
import { type Entry, type Node, WorkflowError } from './node.ts';

type Triggers = Pick<Workflow, 'triggers' | 'call' | 'dispatchInputs'>;

const inputTypes: ReadonlyMap<string, InputDefinition['type']> = new Map([
  ['string', 'string'],
  ['choice', 'string'],
  ['environment', 'string'],
  ['number', 'number'],
  ['boolean', 'boolean'],
]);

const filters: Readonly<Record<string, readonly string[]>> = {
  push: ['branches', 'branches-ignore', 'tags', 'tags-ignore'],
  pull_request: ['types', 'branches', 'branches-ignore'],
  pull_request_target: ['types', 'branches', 'branches-ignore'],
  workflow_run: ['types', 'branches', 'branches-ignore', 'workflows'],
  workflow_dispatch: ['inputs'],
  workflow_call: ['inputs', 'secrets', 'outputs'],
  schedule: [],
};

export function readTriggers(node: Node | undefined): Triggers {
  const entries = node === undefined ? [] : eventsOf(node);
  const call = entries.find(({ key }) => key === 'workflow_call');
  const dispatch = entries.find(({ key }) => key === 'workflow_dispatch');
  return {
    triggers: entries.map(readTrigger),
    call: call === undefined ? undefined : readCall(call.value),
    dispatchInputs:
      dispatch === undefined || isNull(dispatch.value)
        ? []
        : entriesOf(fieldsOf(dispatch.value, 'on.workflow_dispatch', ['inputs']).get('inputs'), 'inputs').map(
            readInput,
          ),
  };
}

function eventsOf(node: Node): readonly Entry[] {
  if (node.kind === 'mapping') return node.entries;
  const nothing = { kind: 'literal', value: null, place: node.place } as const;
  return textsOf(node, 'on').map(key => ({ key, place: node.place, value: nothing }));
}

function readTrigger({ key, value }: Entry): Trigger {
  if (isNull(value) || value.kind === 'list') return { event: key };
  const where = `on.${key}`;
  const fields = fieldsOf(value, where, filters[key] ?? ['types']);
  const texts = (name: string) => {
    const given = fields.get(name);
    return given === undefined ? undefined : textsOf(given, `${where}.${name}`);
  };
  const [types, branches, branchesIgnore] = [texts('types'), texts('branches'), texts('branches-ignore')];
  const [tags, tagsIgnore] = [texts('tags'), texts('tags-ignore')];
  return {
    event: key,
    ...(types === undefined ? {} : { types }),
    ...(branches === undefined ? {} : { branches }),
    ...(branchesIgnore === undefined ? {} : { branchesIgnore }),
    ...(tags === undefined ? {} : { tags }),
    ...(tagsIgnore === undefined ? {} : { tagsIgnore }),
  };
}

function readCall(node: Node): CallInterface {
  if (isNull(node)) return { inputs: [], secrets: [], outputs: [] };
  const fields = fieldsOf(node, 'on.workflow_call', ['inputs', 'secrets', 'outputs']);
  return {
    inputs: entriesOf(fields.get('inputs'), 'inputs').map(readInput),
    secrets: entriesOf(fields.get('secrets'), 'secrets').map(({ key, value }) => {
      if (isNull(value)) return { name: key, required: false };
      const secret = fieldsOf(value, `secrets.${key}`, ['description', 'required']);
      return { name: key, required: textOf(secret.or('required', false), 'required') === 'true' };
    }),
    outputs: entriesOf(fields.get('outputs'), 'outputs').map(({ key, value }) => ({
      name: key,
      value: fieldsOf(value, `outputs.${key}`, ['description', 'value']).or('value', ''),
    })),
  };
}

function readInput({ key, place, value }: Entry): InputDefinition {
  if (isNull(value)) return { name: key, type: 'string', required: false, default: undefined };
  const fields = fieldsOf(value, `inputs.${key}`, ['description', 'type', 'required', 'default', 'options']);
  const type = optionalText(fields.get('type'), `inputs.${key}.type`) ?? 'string';
  const known = inputTypes.get(type);
  if (known === undefined)
    throw new WorkflowError(`The sandbox's runner does not know inputs of type \`${type}\`.`, place);
  return {
    name: key,
    type: known,
    required: textOf(fields.or('required', false), 'required') === 'true',
    default: fields.get('default'),
  };
}
