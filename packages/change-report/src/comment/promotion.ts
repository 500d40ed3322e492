import { z } from 'zod';

/** What has become of a merged change so far, stage by stage. For people to read: what opens a gate are records. */
export interface Promotion {
  readonly stages: readonly PromotedStage[];
}

export interface PromotedStage {
  readonly scope: string;
  /** Whether somebody has to approve it on GitHub. */
  readonly approval: boolean;
  readonly state: StageState;
}

/** `at`: ISO 8601. `run`: id of the workflow run that told it. */
export type StageState =
  /** Its turn has not come. */
  | { readonly is: 'waiting' }
  | { readonly is: 'promoting'; readonly at: string; readonly run: string }
  | { readonly is: 'verified'; readonly at: string; readonly run: string }
  | Stopped
  /** It ran there, and the environment went back to another commit. */
  | { readonly is: 'left'; readonly at: string; readonly run: string; readonly to: string; readonly reason: string };

export interface Stopped {
  readonly is: 'stopped';
  readonly at: string;
  readonly run: string;
  /** Whether anything may have been applied before it stopped. */
  readonly applied: boolean;
  /** Where, as people call it: `prod · westeurope`. Empty where nobody could say. */
  readonly places: readonly string[];
  /** Id of the job that stopped first; absent where nobody could say. */
  readonly job?: string;
  /** The first thing that it said, as a person reads it. */
  readonly cause?: string;
}

const id = z.string().regex(/^\d+$/);
const told = { at: z.iso.datetime(), run: id };

export const promotionSchema: z.ZodType<Promotion> = z.object({
  stages: z.array(
    z.object({
      scope: z.string(),
      approval: z.boolean(),
      state: z.discriminatedUnion('is', [
        z.object({ is: z.literal('waiting') }),
        z.object({ is: z.literal('promoting'), ...told }),
        z.object({ is: z.literal('verified'), ...told }),
        z.object({
          is: z.literal('stopped'),
          ...told,
          applied: z.boolean(),
          places: z.array(z.string()),
          job: id.exactOptional(),
          cause: z.string().exactOptional(),
        }),
        z.object({ is: z.literal('left'), ...told, to: z.string().regex(/^[0-9a-f]+$/), reason: z.string() }),
      ]),
    }),
  ),
});

type Told = Pick<Stopped, 'at' | 'run'>;
type StageId = Pick<PromotedStage, 'scope' | 'approval'>;

/**
 * Its first stage has begun. What a run before it has proved or left stands until its turn comes again, and so do the stages before the
 * first one of a bundle that is promoted further.
 */
export function beginPromotion(stages: readonly StageId[], earlier: Promotion | undefined, told: Told): Promotion {
  const known = earlier?.stages ?? [];
  const entered = new Set(stages.map(({ scope }) => scope));
  const first = known.findIndex(({ scope }) => entered.has(scope));
  return {
    stages: [
      ...known.slice(0, first < 0 ? known.length : first),
      ...stages.map(({ scope, approval }, index): PromotedStage => {
        if (index === 0) return { scope, approval, state: { is: 'promoting', ...told } };
        const state = known.find(stage => stage.scope === scope)?.state;
        const stands = state?.is === 'verified' || state?.is === 'left';
        return { scope, approval, state: stands ? state : { is: 'waiting' } };
      }),
    ],
  };
}

/** One stage has come to something. One that nobody announced is told nevertheless. */
export function tellStage(
  promotion: Promotion | undefined,
  { scope, approval }: StageId,
  state: StageState,
): Promotion {
  const stages = promotion?.stages ?? [];
  const own = { scope, approval, state };
  if (!stages.some(stage => stage.scope === scope)) return { stages: [...stages, own] };
  return { stages: stages.map(stage => (stage.scope === scope ? own : stage)) };
}

/** A stage is proved, so that GitHub begins the one after it. */
export function passOn(promotion: Promotion, { scope }: Pick<StageId, 'scope'>, told: Told): Promotion {
  const next = promotion.stages.findIndex(stage => stage.scope === scope) + 1;
  return {
    stages: promotion.stages.map((stage, index) =>
      index === next && next > 0 ? { ...stage, state: { is: 'promoting', ...told } } : stage,
    ),
  };
}
