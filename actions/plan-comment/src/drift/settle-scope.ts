import {
  cleanNote,
  type DriftContent,
  driftTitle,
  driftVerdict,
  gapsOf,
  readDriftMarker,
  renderDriftIssue,
  writeDriftMarker,
} from '@suite/change-report';
import type { PlanId } from '../decide.ts';
import type { Issue, IssueTracker, Services } from '../ports.ts';
import { settleIssue } from './settle-issue.ts';

/** Brings the issue of one scope in line with what was found; gives it where there is one that says something. */
export function settleScope(
  found: Omit<DriftContent, 'since'>,
  run: PlanId,
  tracker: IssueTracker,
  services: Pick<Services, 'clock' | 'log'>,
): Promise<Issue | undefined> {
  const { file, scope, finishedAt } = found;
  const [why = 'Nothing was reported.'] = found.rows.flatMap(gapsOf);
  const subject = {
    verdict: driftVerdict(found.rows),
    title: driftTitle(found),
    label: 'platform-drift',
    finishedAt,
    readMarker: (body: string) => {
      const marker = readDriftMarker(body);
      return marker?.file === file && marker.scope === scope ? marker : undefined;
    },
    writeMarker: (since: string) =>
      writeDriftMarker({ file, scope, head: run.head, run: run.run, attempt: run.attempt, since }),
    render: (since: string, room: Parameters<typeof renderDriftIssue>[1]) =>
      renderDriftIssue({ ...found, since }, room),
    unread: { is: 'unread', why, run: found.run },
    closed: { is: 'clean', at: finishedAt, run: found.run },
    note: cleanNote(found),
  } as const;
  return settleIssue(subject, run, tracker, services);
}
