import { UserError } from '@suite/foundation';
import type { EnvironmentScope, ScopeView } from '@suite/platform-file';

/** One environment with its regions, or the shared scope, which has one. */
export interface PromotedScope {
  readonly name: string;
  readonly regions: readonly [ScopeView, ...ScopeView[]];
  /** The environment before it in the order of promotion; absent for the shared scope and the first environment. */
  readonly upstream: { readonly environment: string; readonly regions: readonly EnvironmentScope[] } | undefined;
  /** Every region of all environments before it. */
  readonly earlier: readonly EnvironmentScope[];
}

/** Finds a scope among all of a platform. Throws a UserError when there is none of that name. */
export function findScope(views: readonly ScopeView[], name: string): PromotedScope {
  const [own, ...others] = views.filter(({ scope }) => scope === name);
  if (own === undefined) {
    throw new UserError({
      message: `is \`${name}\`, which the platform file does not know.`,
      location: { kind: 'input', name: 'scope' },
      remedy: `It has ${[...new Set(views.map(({ scope }) => scope))].join(', ')}.`,
    });
  }
  const earlier = views.filter(
    (view): view is EnvironmentScope =>
      view.kind === 'environment' && own.kind === 'environment' && view.order < own.order,
  );
  const before = earlier.filter(({ order }) => order === earlier.at(-1)?.order);
  const [first] = before;
  return {
    name,
    regions: [own, ...others],
    upstream: first === undefined ? undefined : { environment: first.scope, regions: before },
    earlier,
  };
}
