import { baseOf, escapeText, prose, table } from '@suite/change-report';
import { count, UserError } from '@suite/foundation';
import { loadScope } from '@suite/platform-file';
import type { Request } from '../inputs.ts';
import type { Services } from '../ports.ts';
import { readBundle } from '../read-bundle.ts';
import { readReport } from '../read-report.ts';
import { type Limit, limitsOf } from './limits.ts';

/** Says what of an environment does not go back, before anything changes. Throws a UserError for what no plan refuses and no apply can do. */
export async function tellLimits(request: Extract<Request, { command: 'limits' }>, services: Services): Promise<void> {
  const { context, log, summary } = services;
  const { platform, view } = await loadScope(request, context.workspace);
  const { bundle } = await readBundle(request.bundle, request.digest, platform, request.platformFile, services);
  const reports = await Promise.all(request.reports.map(readReport));
  const isForeign = reports.some(
    report =>
      report.command !== 'plan' ||
      report.scope !== view.scope ||
      report.region !== view.region ||
      report.platform !== view.platform ||
      report.run?.id !== context.runId ||
      report.commit.head !== context.sha,
  );
  if (isForeign) {
    throw new UserError({
      message: `The report is not of a plan of ${view.scope} in ${view.region} by this run.`,
      location: { kind: 'input', name: 'reports' },
      remedy: 'Give the `report` outputs of the plans in this job.',
    });
  }
  const applications = view.kind === 'environment' ? view.applications : undefined;
  const limits = limitsOf({
    environment: view.scope,
    reports,
    suite: { made: nameOf(bundle.suite), runs: nameOf(context.action) },
    hasCharts: bundle.charts !== undefined,
    hasApplications: applications !== undefined,
    gitops: baseOf(bundle.gitops, applications),
  });
  await summary.append(describe(view.scope, limits));
  for (const { topic, text } of limits) log.info(`${topic}: ${text}`);
  const fatal = limits.filter(({ isFatal }) => isFatal);
  if (fatal.length > 0) {
    throw new UserError(fatal.map(({ text }) => ({ message: `${view.scope} cannot go back: ${text}` })));
  }
  log.info(`${count(limits.length, 'thing')} of ${view.scope} ${limits.length === 1 ? 'does' : 'do'} not go back.`);
}

function nameOf({ repository, ref }: { readonly repository: string; readonly ref: string }): string {
  return `${repository}@${ref}`;
}

function describe(environment: string, limits: readonly Limit[]): string[] {
  return [
    `### What does not go back in ${escapeText(environment)}`,
    table(
      ['', ''],
      limits.map(({ topic, text, isFatal }) => [topic, `${isFatal ? '**Stops here.** ' : ''}${prose(text)}`]),
    ),
  ];
}
