import type { EnvironmentScope } from '@suite/platform-file';
import { otlpPorts } from './alloy-config.ts';
import { gpuNamespace } from './gpu.ts';
import { interfacesOf } from './hosts.ts';

/** What a closed namespace takes nevertheless from outside of it. */
export interface Flow {
  /** Unique in its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly pods: Readonly<Record<string, string>>;
  /** Ports of the pods. */
  readonly ports: readonly number[];
  /** Nobody in particular means everybody. */
  readonly from: readonly Source[];
}

export type Source =
  | { readonly cidr: string }
  | { readonly namespace: string; readonly pods?: Readonly<Record<string, string>> };

type Flows = (view: EnvironmentScope) => readonly Flow[];

/** Who brings a release that others talk to from outside of its namespace adds here what. */
const flows: readonly Flows[] = [
  webhooks,
  throughGateway,
  answersOfChallenges,
  spans,
  questionsOfVerify,
  questionsOfGpuSmokeTest,
];

export function flowsOf(view: EnvironmentScope): readonly Flow[] {
  return flows.flatMap(one => one(view));
}

/**
 * Webhooks, which the API server calls. Where its calls come from differs by how the cluster is reached, and is no address that
 * Azure gives away: so their ports are open, and what they answer tells nothing.
 */
function webhooks({ releases: { certManager, metrics } }: EnvironmentScope): Flow[] {
  const fromAnybody = { name: 'webhook', ports: [10250], from: [] };
  return [
    ...(certManager === undefined
      ? []
      : [
          {
            ...fromAnybody,
            namespace: 'cert-manager',
            pods: { 'app.kubernetes.io/name': 'webhook', 'app.kubernetes.io/component': 'webhook' },
          },
        ]),
    ...(metrics === undefined
      ? []
      : [{ ...fromAnybody, namespace: 'monitoring', pods: { app: 'kube-prometheus-stack-operator' } }]),
  ];
}

/** Interfaces: the gateway sends straight to their pods, and the API server's proxy asks whether they answer. */
function throughGateway(view: EnvironmentScope): Flow[] {
  const apiServer = throughApiServer(view);
  return interfacesOf(view).map(({ name, namespace, pods, targetPort, isRouted }) => {
    const gateway = isRouted && view.releases.gateway !== undefined ? gatewaySources(view) : [];
    return {
      name: `${name}-interface`,
      namespace,
      pods,
      ports: [targetPort],
      from: gateway === undefined || apiServer === undefined ? [] : [...gateway, ...apiServer],
    };
  });
}

/**
 * Its connections come out of AKS' own pods, and with an address in the network from its subnet. Undefined where nobody says what range
 * that has.
 */
export function throughApiServer({ network, cluster }: EnvironmentScope): readonly Source[] | undefined {
  const agents = { namespace: 'kube-system' };
  if (!cluster.vnetIntegration) return [agents];
  const subnet = network.existing ? undefined : network.subnets.apiServer;
  return subnet === undefined ? undefined : [agents, { cidr: subnet.cidr }];
}

/** Undefined where nobody says what range its subnet has: of an existing network only ids are known. */
export function gatewaySources({ network }: EnvironmentScope): readonly Source[] | undefined {
  return network.existing ? undefined : [{ cidr: network.subnets.dmz.cidr }];
}

/** cert-manager's pods that show Let's Encrypt that a name is ours. */
function answersOfChallenges(view: EnvironmentScope): Flow[] {
  if (view.releases.gateway === undefined || view.releases.issuers?.challenge !== 'http') return [];
  return [
    {
      name: 'challenge',
      namespace: 'gateway',
      pods: { 'acme.cert-manager.io/http01-solver': 'true' },
      ports: [8089],
      from: gatewaySources(view) ?? [],
    },
  ];
}

/** What applications send to the collector, from whichever namespace. */
function spans({ releases: { alloy, jaeger } }: EnvironmentScope): Flow[] {
  if (alloy === undefined || jaeger === undefined) return [];
  return [
    {
      name: 'spans',
      namespace: 'monitoring',
      pods: { 'app.kubernetes.io/name': 'alloy' },
      ports: Object.values(otlpPorts),
      from: [],
    },
  ];
}

/** What `verify` asks through the API server's proxy, and is no interface. */
function questionsOfVerify(view: EnvironmentScope): Flow[] {
  const { metrics, loki } = view.releases;
  const about = { namespace: 'monitoring', from: throughApiServer(view) ?? [] };
  return [
    ...(metrics === undefined
      ? []
      : [{ ...about, name: 'alertmanager', pods: { 'app.kubernetes.io/name': 'alertmanager' }, ports: [9093] }]),
    // Of its servers and of what stands before them.
    ...(loki === undefined
      ? []
      : [{ ...about, name: 'loki', pods: { 'app.kubernetes.io/name': 'loki' }, ports: [3100, 8080] }]),
  ];
}

/** Counters of the exporter that the GPU smoke test compares with what it sees, asked through the API server's proxy. */
function questionsOfGpuSmokeTest(view: EnvironmentScope): Flow[] {
  const { gpu } = view.releases;
  if (gpu === undefined || view.cluster.pools.gpu === undefined) return [];
  return [
    {
      name: 'dcgm-exporter',
      namespace: gpuNamespace,
      pods: gpu.stack === 'operator' ? { app: 'nvidia-dcgm-exporter' } : { 'app.kubernetes.io/name': 'dcgm-exporter' },
      ports: [9400],
      from: throughApiServer(view) ?? [],
    },
  ];
}
