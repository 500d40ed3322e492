import { nearest, type Problem } from '@suite/foundation';
import { contains, overlaps, parseCidr, type Range } from './cidr.ts';
import type { Path } from './document.ts';
import { layerPaths } from './layers.ts';
import { clusterName, longestClusterName } from './names.ts';
import { type Platform, regionsOf } from './platform.ts';
import { cutZones, resolveEnvironment } from './resolve.ts';
import { zones } from './resolved.ts';

/** What a schema cannot say: everything that depends on two values at once, or on what Azure still offers. */
export function findProblems(platform: Platform): Problem[] {
  const problems: Problem[] = [];
  checkEnvironments(platform, problems);
  for (const environment of Object.keys(platform.source.environments)) {
    for (const region of regionsOf(platform.source, environment)) {
      const check = checkerFor(platform, environment, region, problems);
      checkNames(check, platform.source.name, environment, region);
      checkCluster(check);
      checkPools(check);
      checkNetwork(check);
    }
  }
  return withoutRepetition(problems);
}

function checkEnvironments({ source, document }: Platform, problems: Problem[]): void {
  const names = Object.keys(source.environments);
  if (names.length === 0 || names.length > 6) {
    problems.push({
      message: `\`environments\` has ${names.length} entries.`,
      location: document.locate(['environments'], 'key'),
      remedy: 'A platform has one to six environments.',
    });
  }
  checkAllow(source.shared.allow, ['shared', 'allow'], ['logs', 'resource-group']);
  for (const [name, environment] of Object.entries(source.environments)) {
    const at: Path = ['environments', name];
    if (name === 'shared') {
      problems.push({
        message: 'An environment cannot be called `shared`.',
        location: document.locate(at, 'key'),
        remedy: 'That is the scope of what environments have in common.',
      });
    }
    const regions = Object.keys(environment.regions ?? {});
    if ((environment.location === undefined) === (environment.regions === undefined)) {
      problems.push({
        message: `\`environments.${name}\` needs either \`location\` or \`regions\`.`,
        location: document.locate(at, 'key'),
        remedy: 'Use `location: westeurope` for one region, `regions:` for several.',
      });
    } else if (environment.regions !== undefined && (regions.length === 0 || regions.length > 4)) {
      problems.push({
        message: `\`environments.${name}.regions\` has ${regions.length} entries.`,
        location: document.locate([...at, 'regions'], 'key'),
        remedy: 'An environment has one to four regions.',
      });
    }
    checkAllow(environment.allow, [...at, 'allow'], allowable);
  }

  function checkAllow(entries: readonly string[] | undefined, path: Path, known: readonly string[]): void {
    for (const [index, entry] of (entries ?? []).entries()) {
      if (known.includes(entry)) continue;
      const near = nearest(entry, known);
      problems.push({
        message: `\`${entry}\` is nothing that can be allowed here.`,
        location: document.locate([...path, index]),
        remedy: near === undefined ? `Use one of ${known.join(', ')}.` : `Did you mean \`${near}\`?`,
      });
    }
  }
}

const allowable = [
  'cluster',
  'node-pool/system',
  'node-pool/user',
  'node-pool/gpu',
  'network',
  'registry',
  'identity',
  'resource-group',
];

interface Checker {
  readonly view: ReturnType<typeof resolveEnvironment>;
  /** Reports a problem at the place that decides the setting: region, environment, defaults, or else the environment. */
  report(setting: Path, message: string, remedy: string): void;
  /** Whether any layer says it. */
  says(setting: Path): boolean;
}

function checkerFor({ source, document }: Platform, environment: string, region: string, problems: Problem[]): Checker {
  const find = (setting: Path) => layerPaths(environment, region, setting).find(path => has(source, path));
  return {
    view: resolveEnvironment(source, environment, region),
    says: setting => find(setting) !== undefined,
    report: (setting, message, remedy) => {
      const path = find(setting);
      const location =
        path === undefined ? document.locate(['environments', environment], 'key') : document.locate(path);
      problems.push({ message, location, remedy });
    },
  };
}

function has(value: unknown, path: Path): boolean {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return false;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current !== undefined;
}

function checkNames({ report }: Checker, platform: string, environment: string, region: string): void {
  const name = clusterName(platform, environment, region);
  if (name.length > longestClusterName) {
    report(
      [],
      `The cluster would be called ${name}: ${name.length} characters.`,
      `Azure takes ${longestClusterName}: shorten \`name\` or the environment's name.`,
    );
  }
}

/** The oldest Kubernetes minor with regular support (AKS release calendar, autumn 2026); older ones need a long-term plan. */
const oldestMinor = 34;

/** GitHub's own runners, which are in nobody's network. */
const hostedRunner = /^(?:ubuntu|windows|macos)-/;

function checkCluster({ view, report }: Checker): void {
  const { cluster } = view;
  if (Number(cluster.version.split('.')[1]) < oldestMinor) {
    report(
      ['cluster', 'version'],
      `Kubernetes ${cluster.version} has no regular support on AKS any more.`,
      `Use "1.${oldestMinor}" or newer.`,
    );
  }
  if (cluster.private && hostedRunner.test(view.runner)) {
    report(
      ['runner'],
      `The cluster of \`${view.scope}\` has a private API server, which the runner \`${view.runner}\` cannot reach.`,
      `Name a runner inside its network (\`runner: my-runners\`), or set \`cluster.private: false\`.`,
    );
  }
  if (cluster.private && cluster.authorizedRanges.length > 0) {
    report(
      ['cluster', 'authorized-ranges'],
      'A private API server has no authorized ranges.',
      'Remove them, or set `cluster.private: false`.',
    );
  }
  for (const [index, range] of cluster.authorizedRanges.entries()) {
    if (parseCidr(range) === undefined) {
      report(
        ['cluster', 'authorized-ranges', index],
        `\`${range}\` is no IPv4 range.`,
        'Write its first address and prefix length, such as 203.0.113.0/24.',
      );
    }
  }
  if (cluster.upgrades.cluster === 'node-image' && cluster.upgrades.nodes !== 'NodeImage') {
    report(
      ['cluster', 'upgrades'],
      '`upgrades.cluster: node-image` needs `upgrades.nodes: node-image`.',
      'Set both, or use another channel for the cluster.',
    );
  }
  const { imageCleaner } = cluster.features;
  if (imageCleaner !== undefined && (imageCleaner.intervalHours < 24 || imageCleaner.intervalHours > 2160)) {
    report(
      ['cluster', 'features', 'image-cleaner', 'interval'],
      `The image cleaner cannot run every ${imageCleaner.intervalHours} hours.`,
      'Use 24h to 90d.',
    );
  }
}

// N-series sizes that Azure has retired (azure-compute-docs, retired-sizes-list).
const retired = /^Standard_(?:NC\d+r?(?:s_v[23])?|ND\d+r?s|NV\d+(?:s_v2)?)(?:_Promo)?$/i;

function checkPools({ view, report }: Checker): void {
  for (const [name, pool] of Object.entries(view.cluster.pools)) {
    if (pool === undefined) continue;
    const at = ['cluster', 'pools', name];
    if (pool.min > pool.max) {
      report(
        [...at, 'min'],
        `Pool \`${name}\` has at least ${pool.min} and at most ${pool.max} nodes.`,
        'Make `min` no larger than `max`.',
      );
    }
    if (name === 'system' && pool.min < 1) {
      report([...at, 'min'], 'The system pool cannot be empty.', 'Use `min: 1` or more; Azure advises 3.');
    }
    if (retired.test(pool.size)) {
      report(
        [...at, 'size'],
        `Azure has retired the size \`${pool.size}\`.`,
        'Use a current one, for GPUs Standard_NC4as_T4_v3 or larger.',
      );
    }
  }
}

const reserved = ['169.254.0.0/16', '172.30.0.0/16', '172.31.0.0/16', '192.0.2.0/24'];

function checkNetwork({ view, report, says }: Checker): void {
  const { cluster, network } = view;
  const range = (setting: Path, text: string): Range | undefined => {
    const parsed = parseCidr(text);
    if (parsed === undefined) {
      report(
        setting,
        `\`${text}\` is no IPv4 range.`,
        'Write its first address and prefix length, such as 10.40.0.0/16.',
      );
      return undefined;
    }
    const clash = reserved.find(other => overlaps(parsed, parseCidr(other) as Range));
    if (clash !== undefined)
      report(setting, `${text} overlaps ${clash}, which AKS keeps for itself.`, 'Choose another range.');
    return parsed;
  };
  const pods = range(['network', 'pods'], cluster.podCidr);
  const services = range(['network', 'services'], cluster.serviceCidr);
  if (services !== undefined && services.bits > 27) {
    report(
      ['network', 'services'],
      `${cluster.serviceCidr} is too small for services.`,
      'Use a /27 or larger; a /16 costs nothing.',
    );
  }
  if (network.existing) {
    if (pods !== undefined && services !== undefined && overlaps(pods, services)) {
      report(
        ['network', 'pods'],
        `The ranges of pods (${cluster.podCidr}) and services (${cluster.serviceCidr}) overlap.`,
        'Choose another one.',
      );
    }
    if (says(['network', 'address-space']) || says(['network', 'zones'])) {
      report(
        ['network'],
        'An existing network has its ranges already.',
        'Remove `address-space` and `zones`, or `existing.network`.',
      );
    }
    return;
  }
  const space = range(['network', 'address-space'], network.addressSpace);
  if (space === undefined) return;
  const named: [string, Path, Range | undefined][] = [
    ['the address space', ['network', 'address-space'], space],
    ['pods', ['network', 'pods'], pods],
    ['services', ['network', 'services'], services],
  ];
  for (const [index, [what, , first]] of named.entries()) {
    for (const [other, setting, second] of named.slice(index + 1)) {
      if (first !== undefined && second !== undefined && overlaps(first, second)) {
        const at = says(setting) ? setting : (named[index]?.[1] ?? setting);
        report(at, `The ranges of ${what} and ${other} overlap.`, 'Choose another one.');
      }
    }
  }
  checkZones(network.subnets, network.addressSpace, space);

  function checkZones(
    subnets: Extract<typeof network, { existing: false }>['subnets'],
    text: string,
    whole: Range,
  ): void {
    if (cutZones(text) === undefined && !zones.every(zone => says(['network', 'zones', zone]))) {
      report(
        ['network', 'address-space'],
        `${text} is too small for the four zones.`,
        'Use a /20 or larger, or write all of `zones`.',
      );
      return;
    }
    const parsed = zones.flatMap(zone => {
      const setting = ['network', 'zones', zone];
      const found = parseCidr(subnets[zone].cidr);
      if (found === undefined) {
        report(
          setting,
          `\`${subnets[zone].cidr}\` is no IPv4 range.`,
          'Write its first address and prefix length, such as 10.40.64.0/18.',
        );
        return [];
      }
      if (!contains(whole, found)) {
        report(
          setting,
          `Zone \`${zone}\` (${subnets[zone].cidr}) is not inside of ${text}.`,
          'Move it, or change `address-space`.',
        );
      }
      return [{ zone, setting, found }];
    });
    for (const [index, first] of parsed.entries()) {
      for (const second of parsed.slice(index + 1)) {
        if (!overlaps(first.found, second.found)) continue;
        const at = says(second.setting) ? second.setting : first.setting;
        report(
          at,
          `The zones \`${first.zone}\` and \`${second.zone}\` overlap.`,
          'Choose another range for one of them.',
        );
      }
    }
    const dmz = parsed.find(({ zone }) => zone === 'dmz');
    if (dmz !== undefined && dmz.found.bits !== 24) {
      report(
        dmz.setting,
        `Zone \`dmz\` is a /${dmz.found.bits}.`,
        'Application Gateway for Containers needs exactly a /24 there.',
      );
    }
  }
}

/** A problem in `defaults:` shows in every environment; once is enough. */
function withoutRepetition(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(problem => {
    const key = JSON.stringify([problem.message, problem.location]);
    return !seen.has(key) && seen.add(key);
  });
}
