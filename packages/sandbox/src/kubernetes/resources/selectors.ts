import { at, type Fields, type KubeObject, numberAt, objects, stringMap, strings } from '../objects.ts';
import { refusals } from '../status.ts';

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** A selector of an object: `matchLabels` and `matchExpressions`. An empty one selects everything, none selects nothing. */
export function labelSelector(selector: unknown): LabelTest {
  if (selector === undefined || selector === null) return () => false;
  const tests = [
    ...Object.entries(stringMap(at(selector, 'matchLabels'))).map(([key, value]) => testOf(key, 'In', [value])),
    ...objects(at(selector)['matchExpressions']).map(({ key, operator, values }) =>
      testOf(String(key), String(operator), strings(values)),
    ),
  ];
  return labels => tests.every(test => test(labels));
}

/** A plain map of labels, as Services select by. */
export function mapSelector(map: unknown): LabelTest {
  return labelSelector({ matchLabels: map });
}

function testOf(key: string, operator: string, values: readonly string[]): LabelTest {
  switch (operator) {
    case 'In':
    case '=':
    case '==':
      return labels => labels[key] !== undefined && values.includes(labels[key]);
    case 'NotIn':
    case '!=':
      return labels => labels[key] === undefined || !values.includes(labels[key]);
    case 'Exists':
      return labels => labels[key] !== undefined;
    case 'DoesNotExist':
      return labels => labels[key] === undefined;
    case 'Gt':
      return labels => Number(labels[key]) > Number(values[0]);
    case 'Lt':
      return labels => Number(labels[key]) < Number(values[0]);
    default:
      throw refusals.badRequest(`unable to parse requirement: operator ${JSON.stringify(operator)} is not recognized`);
  }
}

/** The form of a query: `app=web,tier in (a,b),!canary`. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = splitTopLevel(text).map(parseRequirement);
  return labels => tests.every(test => test(labels));
}

function splitTopLevel(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(part => part.trim())
    .filter(part => part !== '');
}

function parseRequirement(part: string): LabelTest {
  const among = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (among !== null) {
    const values = (among[3] ?? '').split(',').map(value => value.trim());
    return testOf(among[1] ?? '', among[2] === 'in' ? 'In' : 'NotIn', values);
  }
  const compared = /^([^=!<>\s]+)\s*(==|=|!=|>|<)\s*([^=!<>\s]*)$/.exec(part);
  if (compared !== null) {
    const operator = { '>': 'Gt', '<': 'Lt' }[compared[2] ?? ''] ?? compared[2] ?? '';
    return testOf(compared[1] ?? '', operator, [compared[3] ?? '']);
  }
  const exists = /^(!?)\s*([^=!<>\s,()]+)$/.exec(part);
  if (exists !== null) return testOf(exists[2] ?? '', exists[1] === '!' ? 'DoesNotExist' : 'Exists', []);
  throw refusals.badRequest(`unable to parse requirement: found '${part}', expected: identifier`);
}

/** Fields that a list can be narrowed by, besides name and namespace: by store key. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork',
    'status.phase', 'status.podIP', 'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid',
    'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason',
    'reportingComponent', 'source', 'type',
  ],
  secrets: ['type'],
  namespaces: ['status.phase'],
  nodes: ['spec.unschedulable'],
  services: ['spec.clusterIP', 'spec.type'],
  'jobs.batch': ['status.successful'],
  'replicasets.apps': ['status.replicas'],
}; // biome-ignore format: lists to read across

/** The form of a query: `metadata.name=web,status.phase!=Running`. Fields that the type does not offer are refused. */
export function parseFieldSelector(text: string, key: string): (object: KubeObject) => boolean {
  const tests = splitTopLevel(text).map(part => {
    const found = /^([^=!]+?)(==|=|!=)(.*)$/.exec(part);
    if (found === null) throw refusals.badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    const [, field = '', operator = '=', value = ''] = found;
    const isKnown = ['metadata.name', 'metadata.namespace', ...(selectable[key] ?? [])].includes(field);
    if (!isKnown) throw refusals.badRequest(unsupported(field, key));
    return (object: KubeObject) => (fieldValue(object, field) === value) === (operator !== '!=');
  });
  return object => tests.every(test => test(object));
}

function unsupported(field: string, key: string): string {
  if (key in selectable) return `field label not supported: ${field}`;
  return `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`;
}

function fieldValue(object: KubeObject, field: string): string {
  if (field === 'status.successful') return String(numberAt(object['status'], 'succeeded') ?? 0);
  if (field === 'source') return String(at(object, 'source')['component'] ?? '');
  const steps = field.split('.');
  const last = steps.pop() ?? '';
  const value = at(object as Fields, ...steps)[last];
  if (value === undefined && ['unschedulable', 'hostNetwork'].includes(last)) return 'false';
  return value === undefined ? '' : String(value);
}

/** The exact name that a selector asks for, if it does. */
export function nameInFieldSelector(text: string | null): string | undefined {
  return splitTopLevel(text ?? '')
    .map(part => /^metadata\.name==?(.+)$/.exec(part)?.[1])
    .find(name => name !== undefined);
}
