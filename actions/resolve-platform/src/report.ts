import { cell, escapeText, filledTable, prose } from '@suite/change-report';
import { duration } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { Mode } from './mode.ts';
import { protectionOf } from './pipeline.ts';
import type { Protection } from './ports.ts';

/** The summary: what will be planned where, and who guards it. */
export function describeResolution(
  mode: Mode,
  views: readonly ScopeView[],
  protections: readonly Protection[],
  warnings: readonly string[],
): string[] {
  const platform = views[0]?.platform ?? '';
  const heading =
    mode === 'check'
      ? `### ${prose(`\`${platform}\` is checked without credentials`)}\n\nThe pull request comes from a fork or from Dependabot, so nothing is planned and nothing is commented. To plan it, somebody who may write to this repository opens a pull request with these commits.`
      : `### ${prose(`\`${platform}\` has ${views.length} states to plan`)}`;
  const rows = views.map(({ scope, region, runner, production }) => {
    const protection = protectionOf(protections, scope);
    return [
      escapeText(scope),
      escapeText(region),
      cell(runner),
      production ? 'production' : '',
      protection === undefined ? '' : describeApproval(protection),
      protection === undefined ? '' : describeBranches(protection),
    ];
  });
  return [
    heading,
    filledTable(['Scope', 'Region', 'Runner', '', 'Approval', 'Branches'], rows),
    ...describeOrder(views),
    ...(warnings.length === 0 ? [] : [warnings.map(warning => `- ${prose(warning)}`).join('\n')]),
  ];
}

/** A list of the environments whose regions go one after another. */
function describeOrder(views: readonly ScopeView[]): string[] {
  const lines = views.flatMap(view => {
    if (view.kind === 'shared' || view.rollout.before.length > 0 || view.rollout.after.length === 0) return [];
    const { after, pauseMs } = view.rollout;
    const pause = pauseMs === 0 ? '' : ` Each but the last has to stay healthy for ${duration(pauseMs)} first.`;
    return `- ${prose(`${view.scope} goes one region after another: ${[view.region, ...after].join(', then ')}.${pause}`)}`;
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}

function describeApproval({ reviewers, waitMinutes }: Protection): string {
  const approval = reviewers === 0 ? 'nobody' : reviewers === 1 ? '1 reviewer' : `one of ${reviewers} reviewers`;
  return waitMinutes === 0 ? approval : `${approval}, waits ${waitMinutes} min`;
}

function describeBranches({ branches }: Protection): string {
  return branches === 'any' ? '**any**' : branches;
}
