import { problemSections } from '@suite/change-report';
import { count, describeProblem, type Problem, UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import type { Request } from './inputs.ts';
import { modeOf } from './mode.ts';
import { expectedScopes, matrixOf, stagesOf } from './pipeline.ts';
import type { Services } from './ports.ts';
import { judgeProtection } from './protection.ts';
import { describeResolution } from './report.ts';

/** Resolves the platform file and gives a pipeline its jobs. Rejects with everything that a person has to put right. */
export async function resolve(request: Request, services: Services): Promise<void> {
  try {
    await attempt(request, services);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await services.summary.append(problemSections(error.problems));
    services.setOutputs({ problems: JSON.stringify(firstProblems(error.problems)) });
    throw error;
  }
}

const handedOver = 10;

function firstProblems(problems: readonly Problem[]): string[] {
  const sentences = problems.slice(0, handedOver).map(describeProblem);
  const others = problems.length - sentences.length;
  return others > 0
    ? [...sentences, `There are ${count(others, 'more problem')}; the summary has them all.`]
    : sentences;
}

async function attempt(
  { platformFile, requireReviewers }: Request,
  { context, log, summary, setOutputs, readEnvironments }: Services,
): Promise<void> {
  const mode = modeOf(context);
  // Set at once: whatever is wrong below, later jobs know what they may do.
  setOutputs({ mode });
  if (mode === 'closed') return log.info('The pull request is closed; there is nothing to plan.');
  const { platform, lock } = await loadPlatformWithLock(platformFile, context.workspace);
  const views = resolveAll(platform, lock);
  // Without credentials nothing is deployed, and a fork's token may not be able to read this.
  const protections = mode === 'check' ? [] : await readEnvironments();
  const judged =
    mode === 'check'
      ? { problems: [], warnings: [] }
      : judgeProtection(views, protections, { repository: context.repository, requireReviewers });
  for (const warning of judged.warnings) log.warning(warning);
  if (judged.problems.length > 0) throw new UserError(judged.problems);
  setOutputs({
    platform: platform.source.name,
    scopes: JSON.stringify(expectedScopes(views, protections)),
    matrix: JSON.stringify(matrixOf(views)),
    stages: JSON.stringify(stagesOf(views, protections)),
  });
  await summary.append(describeResolution(mode, views, protections, judged.warnings));
  log.info(
    `${platform.source.name}: ${views.length} states in ${new Set(views.map(({ scope }) => scope)).size} scopes, mode ${mode}`,
  );
}
