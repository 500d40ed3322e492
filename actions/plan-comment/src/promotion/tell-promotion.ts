import { beginPromotion, passOn, tellStage } from '@suite/change-report';
import type { Request } from '../inputs.ts';
import type { PullRequest, Services } from '../ports.ts';
import { changePromotion } from './change-promotion.ts';
import { forgive } from './forgive.ts';
import type { Stage, WayBack } from './inputs.ts';
import { outcomeOf } from './outcome.ts';

type PromotionRequest = Extract<Request, { command: 'promotion' }>;
type Told = { readonly at: string; readonly run: string };

/** Says on the pull request how far its change has come. It never fails a promotion. */
export async function tellPromotion(request: PromotionRequest, services: Services): Promise<void> {
  const { clock, context, log } = services;
  const told = { at: new Date(clock.now()).toISOString(), run: context.runId };
  await forgive(async () => {
    const { tells, pull, file } = request;
    if (tells.is === 'stage' && tells.wayBack !== undefined) {
      return tellWayBack({ ...tells, wayBack: tells.wayBack }, file, told, services);
    }
    if (pull === undefined) return log.info('The commit came without a pull request that could say it.');
    const subject = { number: pull, file };
    const port = services.openPull(pull);
    if (tells.is === 'begin') {
      return changePromotion(subject, earlier => beginPromotion(tells.stages, earlier, told), port, services);
    }
    const { stage, results } = tells;
    const state = await outcomeOf(stage, results, told, port);
    return changePromotion(
      subject,
      earlier => {
        const promotion = tellStage(earlier, stage, state);
        return state.is === 'verified' ? passOn(promotion, stage, told) : promotion;
      },
      port,
      services,
    );
  }, services);
}

type WentBack = Extract<PromotionRequest['tells'], { is: 'stage' }> & { readonly wayBack: WayBack };

/** The pull request whose change was left says so, and the one whose change runs again. */
async function tellWayBack(
  { stage, results, wayBack }: WentBack,
  file: string,
  told: Told,
  services: Services,
): Promise<void> {
  const { context, log } = services;
  if (results.plan !== 'success' || results.apply !== 'success') {
    return log.info(`${stage.scope} did not go back: what its pull requests say stays as it is.`);
  }
  const to = context.sha;
  const left = { is: 'left', ...told, to, reason: wayBack.reason } as const;
  for (const commit of wayBack.from) {
    if (commit !== to) await tellPullsOf(commit, stage, left, file, services);
  }
  await tellPullsOf(to, stage, { is: 'verified', ...told }, file, services);
}

async function tellPullsOf(
  commit: string,
  stage: Stage,
  state: Parameters<typeof tellStage>[2],
  file: string,
  services: Services,
): Promise<void> {
  const pulls = await services.pullsOf(commit);
  if (pulls.length === 0) services.log.info(`No pull request is known that brought ${commit.slice(0, 7)}.`);
  for (const number of pulls) {
    const port: PullRequest = services.openPull(number);
    await changePromotion({ number, file }, earlier => tellStage(earlier, stage, state), port, services);
  }
}
