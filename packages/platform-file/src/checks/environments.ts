import type { Problem } from '@suite/foundation';
import { defaults } from '../defaults.ts';
import { clusterName, longestClusterName } from '../names.ts';
import type { Platform } from '../platform.ts';
import type { Path } from '../position.ts';
import { isHostedRunner } from '../runners.ts';
import type { Soundness } from '../salvage.ts';
import { days } from '../units.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

export const mostEnvironments = 6;
export const mostRegions = 4;

/** What concerns the file as a whole and the list of environments. */
export function checkPlatform({ source, document }: Platform, soundness: Soundness, problems: Problem[]): void {
  const report = (path: Path, of: 'key' | 'value', message: string, remedy: string) =>
    problems.push({ message, location: document.locate(path, of), remedy });

  const kept = days(source.shared.logs?.retention ?? defaults.retention);
  if (kept < 30 || kept > 730) {
    report(
      ['shared', 'logs', 'retention'],
      'value',
      `A log workspace cannot keep logs for ${kept} days.`,
      'Use 30d to 730d.',
    );
  }
  checkTags(source.shared.tags, ['shared', 'tags']);
  for (const [first, second] of tagClashes(source.shared.tags ?? {})) {
    report(['shared', 'tags', second], 'key', sameTag(first, second), 'Write them alike.');
  }
  checkTags(source.defaults?.tags, ['defaults', 'tags']);

  const count = Object.keys(source.environments).length;
  if (count === 0 || count > mostEnvironments) {
    report(['environments'], 'key', `There are ${count} environments.`, 'A platform has one to six.');
  }
  for (const [name, { location, regions, tags, names }] of Object.entries(source.environments)) {
    const at: Path = ['environments', name];
    if (name === 'shared') {
      const remedy = 'That is the scope of what environments have in common.';
      report(at, 'key', 'An environment cannot be called `shared`.', remedy);
    }
    const places = Object.keys(regions ?? {}).length;
    const isSound = soundness.isSound(name, ['location']) && soundness.isSound(name, ['regions']);
    if (location === undefined && regions === undefined && isSound) {
      const remedy = 'Write `location: westeurope` for one region, `regions:` for several.';
      report(at, 'key', `\`environments.${name}\` has neither \`location\` nor \`regions\`.`, remedy);
    } else if (location !== undefined && regions !== undefined) {
      const remedy = 'Keep `location` for one region, `regions` for several.';
      report([...at, 'regions'], 'key', `\`environments.${name}\` has both \`location\` and \`regions\`.`, remedy);
    } else if (regions !== undefined && (places === 0 || places > mostRegions)) {
      report(
        [...at, 'regions'],
        'key',
        `\`environments.${name}\` has ${places} regions.`,
        'An environment has one to four.',
      );
    }
    if (names !== undefined && places > 1) {
      const remedy = 'Write them below the region that they are of.';
      report(
        [...at, 'names'],
        'key',
        `\`environments.${name}\` has ${places} regions, which cannot share names.`,
        remedy,
      );
    }
    checkTags(tags, [...at, 'tags']);
    for (const [region, settings] of Object.entries(regions ?? {})) {
      checkTags(settings?.tags, [...at, 'regions', region, 'tags']);
    }
  }

  function checkTags(given: Readonly<Record<string, string>> | undefined, path: Path): void {
    for (const tag of Object.keys(given ?? {})) {
      if (!ourTags.includes(tag.toLowerCase())) continue;
      report([...path, tag], 'key', `The tag ${quote(tag)} is ours.`, 'Every resource carries it already: remove it.');
    }
  }
}

const ourTags: readonly string[] = ['platform', 'environment', 'managed-by'];

/** Azure compares names of tags without regard to case. */
function tagClashes(tags: Readonly<Record<string, string>>): [string, string][] {
  const seen = new Map<string, string>();
  return Object.keys(tags).flatMap((name): [string, string][] => {
    const folded = name.toLowerCase();
    const other = seen.get(folded);
    seen.set(folded, name);
    return other === undefined || ourTags.includes(folded) ? [] : [[other, name]];
  });
}

function sameTag(first: string, second: string): string {
  return `The tags ${quote(first)} and ${quote(second)} are one to Azure.`;
}

/** What concerns an environment in one region as a whole. */
export function checkEnvironment({ view, merged, report, isSound }: Checker, platform: string): void {
  const name = clusterName(platform, view.scope, view.region);
  if (merged.names?.cluster === undefined && name.length > longestClusterName) {
    report(
      ['name'],
      `The cluster would be called ${name}, which has ${name.length} characters.`,
      `Azure takes ${longestClusterName}: shorten the platform's \`name\` or the environment's.`,
    );
  }
  const { dnsPrefix } = view.cluster;
  if (merged.names?.cluster !== undefined && !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,52}[A-Za-z0-9])?$/.test(dnsPrefix)) {
    report(
      ['names', 'cluster'],
      `\`${dnsPrefix}\` cannot be the beginning of the API server's name.`,
      'Name it: `dns-prefix`, up to 54 letters, digits and hyphens.',
    );
  }
  for (const [first, second] of tagClashes(view.tags)) {
    report(['tags', second], sameTag(first, second), 'Write them alike.');
  }
  if (
    view.cluster.private &&
    isHostedRunner(view.runner) &&
    isSound(['production']) &&
    isSound(['cluster', 'private'])
  ) {
    report(
      ['runner'],
      `The API server of \`${view.scope}\` is private, and the runner \`${view.runner}\` cannot reach it.`,
      'Name a runner inside of its network, such as `runner: my-runners`, or set `cluster.private: false`.',
    );
  }
}
