import type { Check } from '@suite/change-report';
import type { Release } from '../release.ts';
import { code } from './finding.ts';
import type { CheckInput } from './input.ts';

/** What has fewer copies than it could, because the user pool has no nodes for more: that nobody said so in the file. */
export function checkChoices({ releases, view }: CheckInput): Check[] {
  const { argoCd, loki } = view.releases;
  const of = (name: string) => releases.find(({ release }) => release.name === name)?.release;
  return [
    ...(argoCd?.scarce === undefined
      ? []
      : choice(of('argo-cd'), {
          name: 'Copies of Redis for Argo CD',
          message: `Redis runs once: three copies want ${argoCd.scarce.wants} nodes, and the user pool has ${argoCd.scarce.has} at least. While its node is drained, Argo CD starts with an empty cache.`,
          remedy: `Set ${code(`cluster.pools.user.min: ${argoCd.scarce.wants}`)} for three copies.`,
        })),
    ...(loki?.scarce === undefined
      ? []
      : choice(of('loki'), {
          name: 'Servers of Loki',
          message: `Loki is one server: ${loki.scarce.wants} want a node each, and the user pool has ${loki.scarce.has} at most. While its node is drained, nobody reads logs.`,
          remedy: `Set ${code(`cluster.pools.user.max: ${loki.scarce.wants}`)} or more for ${loki.scarce.wants} servers.`,
        })),
  ];
}

function choice(release: Release | undefined, said: Pick<Check, 'name' | 'message' | 'remedy'>): Check[] {
  if (release === undefined) return [];
  return [{ id: `choice/${release.name}`, status: 'passed', ...said, setting: release.setting }];
}
