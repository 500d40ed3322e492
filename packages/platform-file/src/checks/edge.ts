import { isObject, nearest, sentenceList } from '@suite/foundation';
import type { EdgeRelease } from '../edge-releases.ts';
import type { Path } from '../position.ts';
import { namespaceLevels } from '../releases.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

/** The way in from the Internet: that nothing waits for what never comes, and that everything has one owner. */
export function checkEdge(checker: Checker): void {
  checkGateway(checker);
  checkController(checker);
  checkChallenge(checker);
  checkRoutes(checker);
  checkGround(checker);
}

const settingOf = (name: EdgeRelease, ...inside: string[]): Path => ['releases', name, ...inside];

/** Where somebody asks for a release: its own setting, or that of the one that brings it along. */
function askedAt({ merged }: Checker, ...names: readonly EdgeRelease[]): Path {
  return settingOf(names.find(name => merged.releases?.[name] !== undefined) ?? names[0] ?? 'gateway');
}

function checkGateway(checker: Checker): void {
  const { view, report } = checker;
  const { gateway, routes, albController, certManager, issuers } = view.releases;
  if (gateway === undefined) {
    if (routes === undefined) return;
    report(
      settingOf('gateway'),
      '`routes` needs `gateway`, which is off.',
      'Remove `gateway: false`, or set `routes: false`.',
    );
    return;
  }
  const asked = askedAt(checker, 'gateway', 'routes');
  if (view.dns === undefined) {
    report(
      asked,
      'A gateway has names and a certificate for them, and the platform has no domain.',
      'Set `domain` at the top of the file, or switch `gateway` off.',
    );
  }
  if (view.gateway === undefined) reportNoAgc(checker, asked, 'gateway');
  if (albController === undefined) {
    report(
      settingOf('alb-controller'),
      '`gateway` needs `alb-controller`, which is off.',
      'Remove `alb-controller: false`, or set `gateway: false`.',
    );
  }
  const missing = certManager === undefined ? 'cert-manager' : issuers === undefined ? 'issuers' : undefined;
  if (missing !== undefined) {
    report(
      ['releases', missing],
      `\`gateway\` needs \`${missing}\` for its certificate, which is off.`,
      `Remove \`${missing}: false\`, or switch \`gateway\` off.`,
    );
  }
}

function reportNoAgc({ report, merged }: Checker, asked: Path, name: string): void {
  report(
    asked,
    `\`${name}\` needs Application Gateway for Containers, and there is none here.`,
    merged.gateway === false
      ? `Remove \`gateway: false\` of the environment, or switch \`releases.${name}\` off.`
      : `Name its subnet in \`existing.network.subnets.dmz\`, or switch \`releases.${name}\` off.`,
  );
}

/** The chart asks for it from 1.12 on. */
const leastKubernetes = 32;

function checkController(checker: Checker): void {
  const { view, report } = checker;
  const { albController, gatewayApi, gateway } = view.releases;
  if (albController === undefined) return;
  const asked = askedAt(checker, 'alb-controller', 'gateway', 'routes');
  // Said already of the gateway.
  if (view.gateway === undefined && gateway === undefined) reportNoAgc(checker, asked, 'alb-controller');
  if (view.gateway !== undefined && view.workloads['alb-controller'] === undefined) {
    report(
      asked,
      'The ALB controller signs in to Azure with workload identity, and that is off.',
      'Remove `workload-identity: false`, or switch `alb-controller` off.',
    );
  }
  const inChart = isObject(albController.values['albController'])
    ? albController.values['albController']['installGatewayApiCRDs']
    : undefined;
  if (inChart === true && gatewayApi !== undefined) {
    report(
      settingOf('alb-controller', 'values', 'albController', 'installGatewayApiCRDs'),
      `The kinds of Gateway API would have two owners: \`alb-controller\` and ${gatewayApi.owner === 'aks' ? 'AKS' : '`gateway-api-crds`'}.`,
      'Remove it, or set `gateway-api-crds: false`.',
    );
  }
  if (inChart !== true && gatewayApi === undefined) {
    report(
      settingOf('gateway-api-crds'),
      '`alb-controller` needs the kinds of Gateway API, and nobody brings them.',
      'Remove `gateway-api-crds: false`, or set `gateway-api-crds: { owner: aks }` where the cluster has them.',
    );
  }
  const minor = Number(/^1\.(\d+)/.exec(view.cluster.version)?.[1] ?? leastKubernetes);
  if (minor < leastKubernetes && albController.version === undefined) {
    report(
      ['cluster', 'version'],
      `\`alb-controller\` needs Kubernetes 1.${leastKubernetes} at least, and this is ${view.cluster.version}.`,
      `Use 1.${leastKubernetes} or newer, or an older \`version\` of the chart.`,
    );
  }
}

function checkChallenge({ view, report }: Checker): void {
  const { issuers, gateway } = view.releases;
  if (issuers?.challenge !== 'http' || gateway !== undefined) return;
  report(
    ['releases', 'issuers', 'challenge'],
    "Let's Encrypt would ask the gateway, and `gateway` is off.",
    'Set `releases.gateway: true`, or `challenge: dns`.',
  );
}

/** What somebody asks for by name has to be there. */
function checkRoutes({ view, merged, report, saidBy }: Checker): void {
  const { routes, argoCd, metrics } = view.releases;
  if (routes === undefined) return;
  const said = merged.releases?.routes;
  const wanted: readonly (readonly [
    key: 'argo-cd' | 'grafana' | 'prometheus' | 'jaeger',
    what: string,
    isThere: boolean,
  ])[] = [
    ['argo-cd', '`argo-cd`', argoCd !== undefined],
    ['grafana', 'Grafana', metrics?.grafana === true],
    ['prometheus', '`kube-prometheus-stack`', metrics !== undefined],
    ['jaeger', '`jaeger`', view.releases.jaeger !== undefined],
  ];
  for (const [key, what, isThere] of wanted) {
    const setting = settingOf('routes', key);
    if (isThere || typeof said !== 'object' || said[key] !== true || saidBy(setting) === undefined) continue;
    report(setting, `There is a route to ${what}, which is off.`, `Remove it, or switch ${what} on.`);
  }
}

function checkGround(checker: Checker): void {
  const { view, report } = checker;
  const { namespaces, networkPolicies, storageClasses } = view.releases;
  const known = [...new Set([...namespaceLevels.keys(), ...view.releases.own.map(({ namespace }) => namespace)])];
  const checkNamespace = (name: string, setting: Path) => {
    if (known.includes(name)) return;
    const meant = nearest(name, known);
    report(
      setting,
      `No release has the namespace ${quote(name)}.`,
      meant === undefined ? `There are ${sentenceList(known)}.` : `Did you mean \`${meant}\`?`,
    );
  };
  for (const name of Object.keys(namespaces?.quotas ?? {})) {
    checkNamespace(name, settingOf('namespaces', 'quotas', name));
  }
  for (const name of Object.keys(namespaces?.limits ?? {})) {
    checkNamespace(name, settingOf('namespaces', 'limits', name));
  }
  for (const [index, name] of (networkPolicies?.namespaces ?? []).entries()) {
    checkNamespace(name, [...settingOf('network-policies', 'namespaces'), index]);
  }
  if (storageClasses !== undefined && !view.cluster.features.csi.disk) {
    report(
      settingOf('storage-classes'),
      'The classes are for disks, whose driver is off.',
      'Remove `csi: { disk: false }`, or `storage-classes`.',
    );
  }
}
