import { problemSections } from '@suite/change-report';
import { count, describeProblem, nearest, type Problem, sentenceList, UserError } from '@suite/foundation';
import { loadPlatformWithLock, resolveAll, type ScopeView } from '@suite/platform-file';
import { chooseStage, partOf } from './chosen.ts';
import type { Request } from './inputs.ts';
import { modeOf } from './mode.ts';
import { expectedScopes, gpuMatrixOf, matrixOf, stagesOf } from './pipeline.ts';
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
  { platformFile, requireReviewers, requireEnvironments, choice, part, gpuEnvironment }: Request,
  { context, log, summary, setOutputs, readEnvironments }: Services,
): Promise<void> {
  const mode = modeOf(context);
  // Set at once: whatever is wrong below, later jobs know what they may do.
  setOutputs({ mode });
  if (mode === 'closed') return log.info('The pull request is closed; there is nothing to plan.');
  const { platform, lock } = await loadPlatformWithLock(platformFile, context.workspace);
  const views = resolveAll(platform, lock);
  demandGpus(views, gpuEnvironment);
  const wanted = new Set(partOf(stagesOf(views, []), part).map(({ scope }) => scope));
  // Without credentials nothing is deployed, and a fork's token may not be able to read this.
  const protections = mode === 'check' ? [] : await readEnvironments();
  const judged =
    mode === 'check'
      ? { problems: [], warnings: [] }
      : // A workflow for one environment, or for some of them, is not held up by another one.
        judgeProtection(
          choice === undefined
            ? views.filter(({ scope }) => wanted.has(scope))
            : views.filter(({ scope }) => scope === choice.environment),
          protections,
          { repository: context.repository, requireReviewers, requireEnvironments },
        );
  for (const warning of judged.warnings) log.warning(warning);
  if (judged.problems.length > 0) throw new UserError(judged.problems);
  const stages = stagesOf(views, protections);
  const stage = choice === undefined ? undefined : chooseStage(stages, protections, choice);
  setOutputs({
    platform: platform.source.name,
    scopes: JSON.stringify(expectedScopes(views, protections)),
    matrix: JSON.stringify(matrixOf(views)),
    stages: JSON.stringify(stages.filter(({ scope }) => wanted.has(scope))),
    ...(stage === undefined ? {} : { stage: JSON.stringify(stage) }),
    'gpu-matrix': JSON.stringify(gpuMatrixOf(views, gpuEnvironment)),
  });
  await summary.append(describeResolution(mode, views, protections, judged.warnings));
  log.info(
    `${platform.source.name}: ${views.length} states in ${new Set(views.map(({ scope }) => scope)).size} scopes, mode ${mode}`,
  );
}

/** Who names an environment wants its GPUs looked at: one without any is a mistake, none at all is not. */
function demandGpus(views: readonly ScopeView[], scope: string | undefined): void {
  if (scope === undefined || gpuMatrixOf(views, scope).include.length > 0) return;
  const known = [...new Set(gpuMatrixOf(views, undefined).include.map(entry => entry.scope))];
  const is = views.some(view => view.scope === scope) ? 'has no GPU pool' : 'the platform file does not know';
  const near = nearest(scope, known);
  throw new UserError({
    message: `is \`${scope}\`, which ${is}.`,
    location: { kind: 'input', name: 'gpu-environment' },
    remedy:
      known.length === 0
        ? 'No environment has one: switch `cluster: pools: gpu:` on.'
        : `GPU pools are in ${sentenceList(known)}.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
  });
}
