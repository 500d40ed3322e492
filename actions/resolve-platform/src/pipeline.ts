import type { ExpectedScope } from '@suite/change-report';
import { duration } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
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
  /** Whether the platform file names images for its registry. */
  readonly images: boolean;
  /** Whether Argo CD deploys applications there. */
  readonly applications: boolean;
  /** Whether it has a GPU pool. */
  readonly gpu: boolean;
  /** How a promotion tests its GPUs, as inputs of `gpu-smoke-test`; false where it does not. */
  readonly smoke: false | SmokeInputs;
}

interface SmokeInputs {
  readonly level: string;
  /** Empty for the image that the action pins. */
  readonly image: string;
  /** `failed,blocked`, or `none`. */
  readonly failOn: string;
}

export function matrixOf(views: readonly ScopeView[]): { readonly include: readonly MatrixEntry[] } {
  return { include: views.map(view => entryOf(view, views)) };
}

function entryOf(view: ScopeView, views: readonly ScopeView[]): MatrixEntry {
  return {
    scope: view.scope,
    region: view.region,
    runner: view.runner,
    title: titleOf(view, views),
    artifact: `report-${view.platform}-${view.scope}-${view.region}`,
    images: hasImages(view),
    applications: hasApplications(view),
    gpu: hasGpus(view),
    smoke: smokeOf(view),
  };
}

function hasImages(view: ScopeView): boolean {
  return view.kind === 'environment' && view.images.length > 0;
}

function hasApplications(view: ScopeView): boolean {
  return view.kind === 'environment' && view.applications !== undefined;
}

function hasGpus(view: ScopeView): boolean {
  return view.kind === 'environment' && view.cluster.pools.gpu !== undefined;
}

function smokeOf(view: ScopeView): MatrixEntry['smoke'] {
  if (view.kind !== 'environment' || view.gpuSmoke === undefined) return false;
  const { level, image = '', failOn } = view.gpuSmoke;
  return { level, image, failOn: failOn.length === 0 ? 'none' : failOn.join(',') };
}

/** Places with GPUs, those of one environment when it is named. */
export function gpuMatrixOf(
  views: readonly ScopeView[],
  scope: string | undefined,
): { readonly include: readonly (MatrixEntry & { readonly platform: string })[] } {
  const places = matrixOf(views).include.filter(entry => entry.gpu && (scope === undefined || entry.scope === scope));
  return { include: places.map(entry => ({ ...entry, platform: views[0]?.platform ?? '' })) };
}

/** One stage of a promotion: a scope with its regions. */
export interface Stage {
  readonly scope: string;
  /** How images get there: into the first environment from where they were built, then from one to the next. */
  readonly images: 'push' | 'promote';
  /** Whether somebody has to approve it on GitHub. */
  readonly approval: boolean;
  /** How many of its places are applied at once, for `max-parallel`. With 1, one that fails ends the stage. */
  readonly width: number;
  readonly places: readonly StagePlace[];
}

interface StagePlace extends MatrixEntry {
  /** Tells the jobs of the matrix apart. */
  readonly index: number;
  readonly platform: string;
  /** Whether another region waits for this one. */
  readonly awaited: boolean;
  /** Whether it has to stay healthy for a while before that one begins. */
  readonly pause: boolean;
}

/** The stages in order. A job's matrix is `places`. */
export function stagesOf(views: readonly ScopeView[], protections: readonly Protection[]): Stage[] {
  const scopes = [...new Set(views.map(({ scope }) => scope))];
  const first = views.find(({ kind }) => kind === 'environment')?.scope;
  return scopes.map(scope => {
    const regions = views.filter(view => view.scope === scope);
    return {
      scope,
      images: scope === first ? 'push' : 'promote',
      approval: (protectionOf(protections, scope)?.reviewers ?? 0) > 0,
      width: regions.some(isAwaited) ? 1 : regions.length,
      places: regions.map((view, index) => ({
        ...entryOf(view, views),
        index,
        platform: view.platform,
        awaited: isAwaited(view),
        pause: view.kind === 'environment' && view.rollout.pauseMs > 0,
      })),
    };
  });
}

function isAwaited(view: ScopeView): boolean {
  return view.kind === 'environment' && view.rollout.after.length > 0;
}

/** What a comment expects a report of, and what gates its apply: the region or scope before it, and GitHub's protection. */
export function expectedScopes(views: readonly ScopeView[], protections: readonly Protection[]): ExpectedScope[] {
  return views.map((view, index) => {
    const { kind, scope, region, production } = view;
    const earlier = views.slice(0, index);
    const isInTurn = kind === 'environment' && view.rollout.before.length > 0;
    // After the whole environment before it; of regions in order, after the one before it.
    const before = isInTurn ? earlier.at(-1) : earlier.findLast(one => one.scope !== scope);
    const protection = protectionOf(protections, scope);
    return {
      scope,
      region,
      title: titleOf(view, views),
      production,
      actions: [
        'provision-aks',
        ...(hasImages(view) ? ['push-acr'] : []),
        ...(kind === 'environment' ? ['deploy-platform'] : []),
        ...(hasApplications(view) ? ['sync-argocd'] : []),
      ],
      gate: {
        ...(before === undefined ? {} : { after: isInTurn ? titleOf(before, views) : before.scope }),
        reviewers: protection?.reviewers ?? 0,
        waitMinutes: protection?.waitMinutes ?? 0,
        ...asksOf(view, isInTurn ? before : undefined),
      },
    };
  });
}

/** What the gate of its platform file asks, in a few words each. `before` is the region that it waits for. */
function asksOf(view: ScopeView, before: ScopeView | undefined): { readonly asks?: readonly string[] } {
  if (view.kind === 'shared') return {};
  const { hold, soakMs, freezes, checks, attestation, breakGlass } = view.gate;
  const pauseMs = before?.kind === 'environment' ? before.rollout.pauseMs : 0;
  const asks = [
    ...(pauseMs === 0 ? [] : [`healthy for ${duration(pauseMs)}`]),
    ...(hold === undefined ? [] : ['on hold']),
    ...(soakMs === 0 ? [] : [`soak ${duration(soakMs)}`]),
    ...(freezes.length === 0 ? [] : ['freeze']),
    ...checks.map(name => `check ${name}`),
    ...(attestation ? ['attestation'] : []),
    ...(breakGlass === undefined ? [] : ['emergency']),
  ];
  return asks.length === 0 ? {} : { asks };
}

function titleOf({ scope, region }: ScopeView, views: readonly ScopeView[]): string {
  return views.filter(view => view.scope === scope).length > 1 ? `${scope} · ${region}` : scope;
}

/** GitHub's names of environments ignore case. */
export function protectionOf(protections: readonly Protection[], scope: string): Protection | undefined {
  return protections.find(({ name }) => name.toLowerCase() === scope.toLowerCase());
}
