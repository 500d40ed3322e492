import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import type { Release } from '../release.ts';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';

/** Objects, definitions of custom resources above all, that several releases render: Helm lets an object have one owner. */
export function checkOwners({ releases }: CheckInput): Check[] {
  const owners = new Map<string, { readonly object: KubernetesObject; readonly releases: Release[] }>();
  for (const { release, objects } of releases) {
    for (const object of objects) {
      const identity = identityOf(refOf(object));
      const known = owners.get(identity);
      if (known === undefined) owners.set(identity, { object, releases: [release] });
      else known.releases.push(release);
    }
  }
  const contested = [...owners.values()].filter(({ releases: all }) => all.length > 1);
  return releases.flatMap(({ release }) => {
    // Said once, by the last of them: the first is likely the one that should have it.
    const shared = contested.filter(({ releases: all }) => all.at(-1) === release);
    const twice = shared.filter(({ releases: all }) => all.every(each => each === release));
    const foreign = shared.filter(one => !twice.includes(one));
    const others = [...new Set(foreign.flatMap(one => one.releases))].filter(other => other !== release);
    return [
      ...(foreign.length === 0
        ? []
        : [
            finding(release, 'owners', {
              name: 'Every object has one owner',
              status: 'blocked',
              message: `Release ${code(release.name)} renders what ${sentenceList(others.map(other => code(other.name)))} renders too: ${some(foreign.map(({ object }) => named(object)))}.`,
              remedy: `Switch them off in one of the releases, for example with ${code('crds.enabled: false')} in ${code(`${release.setting}.values`)}.`,
            }),
          ]),
      ...(twice.length === 0
        ? []
        : [
            finding(release, 'twice', {
              name: 'Every object is rendered once',
              // Helm would apply each over the other, and no plan would ever be without changes.
              status: 'blocked',
              message: `Release ${code(release.name)} renders ${some(twice.map(({ object }) => named(object)))} more than once.`,
              remedy: `Look for the same name in two parts of ${code(`${release.setting}.values`)}.`,
            }),
          ]),
    ];
  });
}
