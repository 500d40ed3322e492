import {
  type ChartsContent,
  type ChartVerdict,
  chartGaps,
  chartsHeadline,
  chartsNote,
  chartsTitle,
  chartVerdict,
  type DriftVerdict,
  readChartsMarker,
  renderChartsIssue,
  writeChartsMarker,
} from '@suite/change-report';
import type { PlanId } from '../decide.ts';
import { settleIssue } from '../drift/settle-issue.ts';
import type { Request } from '../inputs.ts';
import type { Services } from '../ports.ts';

export type ChartsRequest = Extract<Request, { command: 'versions' }>;

/** In words of the life of an issue. */
const verdicts = {
  newer: 'drifted',
  current: 'clean',
  incomplete: 'incomplete',
} as const satisfies Readonly<Record<ChartVerdict, DriftVerdict>>;

/** One issue about all newer charts of a platform file: opened, changed in place, closed when nothing is newer any more. */
export async function proposeCharts(request: ChartsRequest, services: Services): Promise<void> {
  const { context, log, clock } = services;
  const { file, found } = request;
  const verdict = chartVerdict(found);
  services.setOutputs({ verdict });
  const finishedAt = new Date(clock.now()).toISOString();
  const page = { id: context.runId, url: context.runUrl ?? '' };
  const content: Omit<ChartsContent, 'since'> = {
    ...found,
    file,
    commit: { head: context.sha },
    run: page,
    finishedAt,
  };
  const run: PlanId = { head: context.sha, run: context.runId, attempt: Number(context.runAttempt) };
  const [why = 'Nothing was reported.'] = chartGaps(found);
  log.info(chartsHeadline(found));
  const issue = await settleIssue(
    {
      verdict: verdicts[verdict],
      title: chartsTitle(found),
      label: 'platform-charts',
      finishedAt,
      readMarker: body => {
        const marker = readChartsMarker(body);
        return marker?.file === file ? marker : undefined;
      },
      writeMarker: since => writeChartsMarker({ file, head: run.head, run: run.run, attempt: run.attempt, since }),
      render: (since, room) => renderChartsIssue({ ...content, since }, room),
      unread: { is: 'unread', why, run: page },
      closed: { is: 'current', at: finishedAt, run: page },
      note: chartsNote(content),
    },
    run,
    services.openTracker(),
    services,
  );
  services.setOutputs({ 'issue-urls': issue?.url ?? '' });
}
