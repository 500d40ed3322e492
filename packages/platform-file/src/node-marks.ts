/** What keeps pods off a node that do not tolerate it. */
export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: (typeof taintEffects)[number];
}

const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

const word = '[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?';
const part = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
/** Kubernetes' qualified names: a name, and before a slash the domain of whoever gave it. */
const key = `(?:(?=[^/]{1,253}/)${part}(?:\\.${part})*/)?${word}`;

export const labelKey = new RegExp(`^${key}$`);
export const labelValue = new RegExp(`^(?:${word})?$`);
/** AKS wants the equals sign also where there is no value. */
export const taint = new RegExp(`^${key}=(?:${word})?:(?:${taintEffects.join('|')})$`);

/** Undefined for what is no taint as AKS takes them: `dedicated=data:NoSchedule`. */
export function parseTaint(text: string): Taint | undefined {
  const [, name, value, effect] = /^(.+)=(.*):(\w+)$/.exec(taint.test(text) ? text : '') ?? [];
  const known = taintEffects.find(one => one === effect);
  if (name === undefined || value === undefined || known === undefined) return undefined;
  return { key: name, value, effect: known };
}

export function writeTaint({ key: name, value, effect }: Taint): string {
  return `${name}=${value}:${effect}`;
}

/** Whether pods that do not tolerate it stay away altogether. */
export function isHard({ effect }: Taint): boolean {
  return effect !== 'PreferNoSchedule';
}

/** Labels without a domain that AKS or the modules put on nodes. */
const taken = new Set(['agentpool', 'storageprofile', 'storagetier', 'accelerator', 'node-type']);
/** What a kubelet may say of its own node, of all that is under Kubernetes' domains. */
const kubelets = /^(?:[a-z0-9.-]+\.)?(?:node|kubelet)\.kubernetes\.io\//;

/** Whether a label is somebody else's to set: AKS', Kubernetes' or the modules'. */
export function isReservedLabel(name: string): boolean {
  if (taken.has(name.toLowerCase()) || name === 'node.kubernetes.io/instance-type') return true;
  return isOfAks(name) || (isOfKubernetes(name) && !kubelets.test(name));
}

/** Whether a taint is AKS' or Kubernetes', which both set by themselves. */
export function isReservedTaint(name: string): boolean {
  return isOfAks(name) || isOfKubernetes(name);
}

function isOfAks(name: string): boolean {
  return name.startsWith('kubernetes.azure.com/');
}

function isOfKubernetes(name: string): boolean {
  return /^(?:[a-z0-9.-]+\.)?(?:kubernetes|k8s)\.io\//.test(name);
}
