import { readFileSync } from 'node:fs';
import { asArray, asObject, isObject } from '@suite/foundation';
import { type EnvironmentScope, parsePlatform, resolveUnlocked } from '@suite/platform-file';
import type { Release, ReleaseInput, TerraformOutputs } from '../release.ts';
import { resolveReleases } from './index.ts';

/** The example platform files (examples/platform-files). */
export type Example = 'minimal' | 'guide' | 'private' | 'existing' | 'everything';

const outputs: TerraformOutputs = {
  workload_identities: {
    'cert-manager': { name: 'id-cert-manager', client_id: 'c0ffee', object_id: 'o' },
    'alb-controller': { name: 'id-alb-controller', client_id: 'a1b', object_id: 'p' },
  },
  gateway: {
    id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ServiceNetworking/trafficControllers/agc',
    frontend: 'web',
    fqdn: 'f00.fz42.alb.azure.com',
    waf_policy_id:
      '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies/waf',
  },
};

const read = (example: Example) =>
  readFileSync(new URL(`../../../../examples/platform-files/${example}.yaml`, import.meta.url), 'utf8');

export interface Known {
  readonly outputs: TerraformOutputs;
}

/** An environment of a platform file; `layer` is put into its `defaults`, as lines of two spaces. */
export function viewOf(example: Example, scope: string, layer = ''): EnvironmentScope {
  const text = read(example);
  const withLayer = /^defaults:$/m.test(text)
    ? text.replace(/^defaults:$/m, `defaults:\n${layer}`)
    : text.replace(/^environments:/m, `${layer === '' ? '' : `defaults:\n${layer}\n`}environments:`);
  const views = resolveUnlocked(parsePlatform(withLayer, `${example}.yaml`));
  const view = views.find(candidate => candidate.scope === scope);
  if (view?.kind !== 'environment') throw new TypeError(`no environment ${scope} in ${example}`);
  return { ...view, identities: { plan: 'p', apply: 'a' }, state: { account: 'a', container: 'c', key: 'k' } };
}

/** After the first apply, unless something else is known. */
export function inputOf(view: EnvironmentScope, known: Known = { outputs }): ReleaseInput {
  return { view, outputs: known.outputs, chartsFolder: '/action/charts', platformFolder: '/repository' };
}

export function releaseOf(view: EnvironmentScope, name: string, known: Known = { outputs }): Release {
  const found = resolveReleases(inputOf(view, known)).find(release => release.name === name);
  if (found === undefined) throw new TypeError(`no release ${name}`);
  return found;
}

/** What all containers of a release ask for at least, in thousandths of a core and in Mi, with one node's share of DaemonSets. */
export function requestsOf({ name, values }: Release): { readonly cores: number; readonly memory: number } {
  const found = containers(values, 1);
  if (name === 'kube-prometheus-stack') {
    // The operator puts a reloader beside each Prometheus and each Alertmanager.
    const { prometheus, alertmanager, prometheusOperator } = values;
    const reloader = asObject(asObject(asObject(prometheusOperator)['prometheusConfigReloader'])['resources']);
    const replicas =
      Number(asObject(asObject(prometheus)['prometheusSpec'])['replicas']) +
      Number(asObject(asObject(alertmanager)['alertmanagerSpec'])['replicas']);
    found.push(sized(reloader, replicas - 1));
  }
  return {
    cores: found.reduce((sum, { cores }) => sum + cores, 0),
    memory: found.reduce((sum, { memory }) => sum + memory, 0),
  };
}

type Requests = ReturnType<typeof requestsOf>;

/** `resources` count once for each replica that is said nearest to them. */
function containers(value: unknown, replicas: number): Requests[] {
  if (!isObject(value)) return asArray(value).flatMap(item => containers(item, replicas));
  const autoscaling = asObject(value['autoscaling'])['minReplicas'];
  const here = Number(value['replicas'] ?? value['replicaCount'] ?? autoscaling ?? replicas);
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'resources' && isObject(inner) && isObject(inner['limits'])
      ? [sized(inner, here)]
      : containers(inner, key === 'redis-ha' ? 3 : here),
  );
}

function sized(resources: object, replicas: number): Requests {
  const { cpu, memory } = asObject(asObject(resources)['requests']);
  return { cores: replicas * Number.parseInt(String(cpu), 10), memory: replicas * Number.parseInt(String(memory), 10) };
}
