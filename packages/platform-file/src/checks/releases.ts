import { nearest, sentenceList } from '@suite/foundation';
import type { Path } from '../position.ts';
import { isKnownRelease, knownReleaseNames, namespaceLevels, nodesOf, redisNodes } from '../releases.ts';
import type { OwnReleaseSource } from '../schema/releases.ts';
import { quote } from '../wording.ts';
import { checkAiReleases } from './ai-releases.ts';
import { checkRegistryChart, digestRemedy } from './chart.ts';
import type { Checker } from './checker.ts';
import { checkObservability } from './observability.ts';

/** What Helm installs: that each has its chart, and that none waits for what never comes. */
export function checkReleases(checker: Checker): void {
  checkVersions(checker);
  checkKnown(checker);
  checkObservability(checker);
  checkAiReleases(checker);
  for (const [name, said] of ownReleases(checker)) checkOwn(checker, name, said);
  checkNamespaces(checker);
  checkNeeds(checker);
}

/** A tag can be moved, so a version alone could be one chart in dev and another one in production. */
function checkVersions({ merged, report }: Checker): void {
  for (const name of knownReleaseNames) {
    const said = merged.releases?.[name];
    if (typeof said !== 'object' || !('version' in said)) continue;
    if (said.version === undefined || said.digest !== undefined) continue;
    const setting: Path = ['releases', name, 'version'];
    report(setting, `Of ${quote(said.version)} of \`${name}\` no digest is known.`, digestRemedy);
  }
}

function checkKnown({ view, merged, report, saidBy }: Checker): void {
  const { operatorCrds, certManager, issuers, metrics, argoCd } = view.releases;
  if (metrics !== undefined && operatorCrds === undefined) {
    report(
      ['releases', 'prometheus-operator-crds'],
      '`kube-prometheus-stack` needs `prometheus-operator-crds`, which is off.',
      'Remove `prometheus-operator-crds: false`, or set `kube-prometheus-stack: false` too.',
    );
  }
  if (issuers !== undefined && certManager === undefined) {
    report(
      ['releases', 'issuers'],
      '`issuers` needs `cert-manager`, which is off.',
      'Remove `cert-manager: false`, or `issuers`.',
    );
  }
  if (
    issuers !== undefined &&
    saidBy(['releases', 'issuers']) !== undefined &&
    view.dns !== undefined &&
    issuers.challenge === 'dns'
  ) {
    if (view.workloads['cert-manager'] === undefined) {
      report(
        ['releases', 'issuers'],
        "Let's Encrypt asks for records in the DNS zone, which cert-manager writes with workload identity, and that is off.",
        'Remove `workload-identity: false`, or `issuers`.',
      );
    }
  }
  const nodes = nodesOf(view.cluster.pools.user, 'max');
  const wanted = merged.releases?.['argo-cd'];
  if (
    argoCd !== undefined &&
    typeof wanted === 'object' &&
    wanted['high-availability'] === true &&
    nodes < redisNodes
  ) {
    report(
      ['releases', 'argo-cd', 'high-availability'],
      `Redis wants ${redisNodes} nodes for itself to fail over, and the user pool has ${nodes} at most.`,
      `Set \`cluster.pools.user.max: ${redisNodes}\` or more, or \`high-availability: auto\`.`,
    );
  }
}

/** Those that are on. */
function ownReleases({ merged }: Checker): [string, OwnReleaseSource][] {
  return Object.entries(merged.releases ?? {}).flatMap(([name, said]): [string, OwnReleaseSource][] => {
    if (isKnownRelease(name) || said === false || said === undefined) return [];
    return [[name, said === true ? {} : (said as OwnReleaseSource)]];
  });
}

// Helm's limit: names of objects are made of it.
const longestName = 53;

function checkOwn({ report, isSound }: Checker, name: string, said: OwnReleaseSource): void {
  const setting: Path = ['releases', name];
  const say = (message: string, remedy: string, key?: string) =>
    report(key === undefined ? setting : [...setting, key], message, remedy);
  if (name.length > longestName || !/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name)) {
    say(
      `${quote(name)} cannot be the name of a release.`,
      `Use at most ${longestName} lower-case letters, digits and dashes.`,
    );
    return;
  }
  const { chart, repository, version, digest, namespace, timeout } = said;
  if (chart === undefined) {
    if (!isSound([...setting, 'chart'])) return;
    const meant = nearest(name, knownReleaseNames);
    const hint = meant === undefined ? `Known are ${sentenceList(knownReleaseNames)}.` : `Did you mean \`${meant}\`?`;
    say(`Unknown release ${quote(name)}.`, `${hint} One of your own names its \`chart\`.`);
    return;
  }
  if (chart.startsWith('./')) {
    if (repository !== undefined) {
      say(
        `${quote(chart)} says already where the chart is.`,
        'Remove `repository`, or name the chart in it.',
        'repository',
      );
    }
    if ((version ?? digest) !== undefined) {
      const key = version === undefined ? 'digest' : 'version';
      say(`A chart in a folder has the \`${key}\` of this repository.`, 'Remove it.', key);
    }
  } else checkRegistryChart({ report, isSound }, setting, name, { chart, repository, version, digest }, ' or ./…');
  if (namespace === undefined && isSound([...setting, 'namespace'])) {
    say(`\`${name}\` has no \`namespace\`.`, 'Name the one that it is installed in.');
  }
  if (timeout !== undefined && Number.parseInt(timeout, 10) > 120) {
    say(`\`${name}\` cannot take ${timeout}.`, 'Use 1m to 120m.', 'timeout');
  }
}

function checkNamespaces({ view, report }: Checker): void {
  const levels = new Map(namespaceLevels);
  for (const { name, namespace, podSecurity } of view.releases.own) {
    const level = levels.get(namespace) ?? podSecurity;
    levels.set(namespace, level);
    if (level === podSecurity) continue;
    report(
      ['releases', name, 'pod-security'],
      `\`${name}\` wants the namespace ${quote(namespace)} to be ${podSecurity}, which is ${level} for the others in it.`,
      `Say \`pod-security: ${level}\`, or use another namespace.`,
    );
  }
}

function checkNeeds(checker: Checker): void {
  const { merged, report } = checker;
  const own = new Map(ownReleases(checker).map(([name, said]) => [name, said.needs ?? []]));
  const on = new Set([...knownReleaseNames.filter(name => isOn(checker, name)), ...own.keys()]);
  const said = new Set(Object.keys(merged.releases ?? {}));
  for (const [name, needs] of own) {
    const setting: Path = ['releases', name, 'needs'];
    for (const [index, needed] of needs.entries()) {
      const at = [...setting, index];
      if (needs.indexOf(needed) < index) report(at, `\`${name}\` needs ${quote(needed)} twice.`, 'Remove one.');
      else if (needed === name) report(at, `\`${name}\` needs itself.`, 'Remove it.');
      else if (!on.has(needed)) {
        const exists = isKnownRelease(needed) || said.has(needed);
        const meant = exists ? undefined : nearest(needed, [...on]);
        const hint = meant === undefined ? `On are ${sentenceList([...on])}.` : `Did you mean \`${meant}\`?`;
        report(
          at,
          exists
            ? `\`${name}\` needs ${quote(needed)}, which is off.`
            : `\`${name}\` needs ${quote(needed)}, which is no release.`,
          exists ? `Switch it on, or remove it from \`needs\`.` : hint,
        );
      }
    }
  }
  for (const circle of circles(own)) {
    report(
      ['releases', circle[0] ?? '', 'needs'],
      `Each of these waits for the next: ${circle.map(name => `\`${name}\``).join(' → ')}.`,
      'Remove one of the edges.',
    );
  }
}

function isOn({ view: { releases } }: Checker, name: (typeof knownReleaseNames)[number]): boolean {
  const found = {
    'prometheus-operator-crds': releases.operatorCrds,
    'cert-manager': releases.certManager,
    issuers: releases.issuers,
    'kube-prometheus-stack': releases.metrics,
    'argo-cd': releases.argoCd,
    'gateway-api-crds': releases.gatewayApi?.owner === 'aks' ? undefined : releases.gatewayApi,
    'alb-controller': releases.albController,
    gateway: releases.gateway,
    routes: releases.routes,
    namespaces: releases.namespaces,
    'network-policies': releases.networkPolicies,
    'storage-classes': releases.storageClasses,
    loki: releases.loki,
    alloy: releases.alloy,
    jaeger: releases.jaeger,
    alerts: releases.alerts,
    dashboards: releases.dashboards,
    jupyterhub: releases.jupyterHub,
    mlflow: releases.mlflow,
    gpu: releases.gpu,
    secrets: releases.secrets,
  } satisfies Record<(typeof knownReleaseNames)[number], unknown>;
  return found[name] !== undefined;
}

/** Circles of two and more, each once: `[a, b, a]`. Releases of the platform need none of a file's own. */
function circles(needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  for (const name of needs.keys()) follow(name, []);
  return found;

  function follow(name: string, way: readonly string[]): void {
    const start = way.indexOf(name);
    if (start !== -1) {
      const circle = [...way.slice(start), name];
      if (circle.length > 2) found.push(circle);
      return;
    }
    if (done.has(name)) return;
    for (const next of needs.get(name) ?? []) follow(next, [...way, name]);
    done.add(name);
  }
}
