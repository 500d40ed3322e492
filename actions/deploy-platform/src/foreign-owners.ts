import type { Check } from '@suite/change-report';
import { identityOf, refOf } from '@suite/kubernetes';
import { code, finding, named, some } from './checks/finding.ts';
import { isOwnedBy, ownedBy, ownerOf } from './helm-owner.ts';
import type { Observed } from './observe.ts';
import type { RenderedRelease } from './render.ts';
import { groundOf, isBuiltIn } from './setup.ts';

/** Objects that are there and belong to somebody else: Helm then refuses the release as a whole, and an apply would end there. */
export function foreignOwnerChecks(
  rendered: readonly RenderedRelease[],
  { live, records }: Pick<Observed, 'live' | 'records'>,
): Check[] {
  const ground = groundOf(rendered.map(({ release }) => release));
  return rendered.flatMap(({ release, objects }) => {
    const record = records.get(release.name);
    // Of what its last revision has already Helm asks nothing more.
    const known = new Set(record?.status === 'deployed' ? record.objects.map(identityOf) : []);
    const foreign = objects.flatMap(({ object, isMadeOnce }) => {
      const { kind, name } = refOf(object);
      const identity = identityOf(refOf(object));
      const found = live.get(identity);
      if (found === undefined || known.has(identity) || isOwnedBy(found, release)) return [];
      // Definitions of `crds/` Helm leaves as they are, and a namespace is handed over by the apply.
      if (isMadeOnce === true || (kind === 'Namespace' && ground.has(name) && !isBuiltIn(name))) return [];
      return [found];
    });
    if (foreign.length === 0) return [];
    const { labels, annotations } = ownedBy(release);
    const marks = Object.entries({ ...labels, ...annotations }).map(([key, value]) => code(`${key}: ${value}`));
    return [
      finding(release, 'owner', {
        name: `What ${release.name} brings is nobody else's`,
        status: 'blocked',
        message: `${some(foreign.map(named))} ${foreign.length === 1 ? 'is' : 'are'} there already, from ${some(foreign.map(ownerOf))}, and Helm takes nothing from others.`,
        remedy: `Have it removed there, switch it off in ${code(`${release.setting}.values`)}, or hand it over by a label and two annotations: ${some(marks)}.`,
      }),
    ];
  });
}
