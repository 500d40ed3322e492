import type { ExpectedScope } from '@suite/change-report';
import { type Problem, UserError } from '@suite/foundation';
import { type Lock, listScopes, type Platform, resolveScope, type ScopeView } from '@suite/platform-file';
import type { Protection } from './ports.ts';

/** One job of the matrix. */
export interface MatrixEntry {
  readonly scope: string;
  readonly region: string;
  readonly runner: string;
  /** `dev`; `prod · westeurope` where an environment has several regions. */
  readonly title: string;
  /** Of its change report: `report-contoso-dev-westeurope`. */
  readonly artifact: string;
}

/** Every scope and region in the order of promotion. Throws a UserError with every scope that the lock does not know. */
export function resolveAll(platform: Platform, lock: Lock): ScopeView[] {
  const problems: Problem[] = [];
  const views = listScopes(platform).flatMap((name): ScopeView[] => {
    try {
      return [resolveScope(platform, lock, name)];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new UserError(problems);
  return views;
}

export function matrixOf(views: readonly ScopeView[]): { readonly include: readonly MatrixEntry[] } {
  return {
    include: views.map(view => ({
      scope: view.scope,
      region: view.region,
      runner: view.runner,
      title: titleOf(view, views),
      artifact: `report-${view.platform}-${view.scope}-${view.region}`,
    })),
  };
}

/** What a comment expects a report of, and what gates its apply: the region or scope before it, and GitHub's protection. */
export function expectedScopes(views: readonly ScopeView[], protections: readonly Protection[]): ExpectedScope[] {
  return views.map((view, index) => {
    const { scope, region, production } = view;
    const before = views[index - 1];
    const protection = protectionOf(protections, scope);
    return {
      scope,
      region,
      title: titleOf(view, views),
      production,
      gate: {
        ...(before === undefined ? {} : { after: before.scope === scope ? before.region : before.scope }),
        reviewers: protection?.reviewers ?? 0,
        waitMinutes: protection?.waitMinutes ?? 0,
      },
    };
  });
}

function titleOf({ scope, region }: ScopeView, views: readonly ScopeView[]): string {
  return views.filter(view => view.scope === scope).length > 1 ? `${scope} · ${region}` : scope;
}

/** GitHub's names of environments ignore case. */
export function protectionOf(protections: readonly Protection[], scope: string): Protection | undefined {
  return protections.find(({ name }) => name.toLowerCase() === scope.toLowerCase());
}
