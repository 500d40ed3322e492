import { nearest, sentenceList, UserError } from '@suite/foundation';
import { protectionOf, type Stage } from './pipeline.ts';
import type { Protection } from './ports.ts';

/** What a workflow for one environment asks for. */
export interface Choice {
  readonly environment: string;
  /** One of its regions; all of them where it is undefined. */
  readonly region: string | undefined;
  /** Nothing is done in an environment that no second person approves. */
  readonly requireApproval: boolean;
}

/** A part of the stages: those after one of them, up to and with another one. */
export interface Part {
  readonly after: string | undefined;
  readonly until: string | undefined;
}

/** The stages of a part, in order. Throws a UserError for a name that there is none of, and where nothing is left. */
export function partOf<T extends Pick<Stage, 'scope'>>(stages: readonly T[], { after, until }: Part): readonly T[] {
  const scopes = stages.map(({ scope }) => scope);
  const position = (name: string, given: string) => {
    const found = scopes.indexOf(given);
    if (found < 0) throw unknown(name, given, scopes);
    return found;
  };
  const first = after === undefined ? 0 : position('after', after) + 1;
  const last = until === undefined ? stages.length - 1 : position('until', until);
  if (first <= last) return stages.slice(first, last + 1);
  throw new UserError({
    message: `Nothing comes after ${after}${until === undefined ? '' : ` up to ${until}`}. Nothing was touched.`,
    location: { kind: 'input', name: until === undefined ? 'after' : 'until' },
    remedy: `The order of the platform file is ${scopes.join(', ')}.`,
  });
}

/** The stage of one environment. Throws a UserError for a name that there is none of, and where no second person approves but has to. */
export function chooseStage(
  stages: readonly Stage[],
  protections: readonly Protection[],
  { environment, region, requireApproval }: Choice,
): Stage {
  const stage = stages.find(({ scope }) => scope === environment);
  if (stage === undefined)
    throw unknown(
      'environment',
      environment,
      stages.map(({ scope }) => scope),
    );
  if (requireApproval && !stage.approval) {
    throw new UserError({
      message: `Nobody has to approve the GitHub environment ${environment}, and this needs a second person.`,
      location: { kind: 'input', name: 'environment' },
      remedy: `Add reviewers under Settings → Environments → ${environment}.`,
    });
  }
  if (requireApproval && protectionOf(protections, environment)?.preventsSelfReview !== true) {
    throw new UserError({
      message: `Who starts this may approve it alone in the GitHub environment ${environment}, and this needs a second person.`,
      location: { kind: 'input', name: 'environment' },
      remedy: `Switch “Prevent self-review” on under Settings → Environments → ${environment}.`,
    });
  }
  if (region === undefined) return stage;
  const places = stage.places.filter(place => place.region === region);
  if (places.length === 0)
    throw unknown(
      'region',
      region,
      stage.places.map(place => place.region),
    );
  return { ...stage, places };
}

function unknown(name: string, given: string, known: readonly string[]): UserError {
  const near = nearest(given, known);
  return new UserError({
    message: `is \`${given}\`, which the platform file does not have. Nothing was touched.`,
    location: { kind: 'input', name },
    remedy: `Use ${sentenceList(
      known.map(one => `\`${one}\``),
      'or',
    )}.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
  });
}
