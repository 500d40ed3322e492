import { createDigest } from '@suite/change-report';
import { asObject, asString, type JsonObject, parseJson } from '@suite/foundation';
import type { Action } from './release.ts';

/** What a review of one release is held to. */
export interface ReviewedRelease {
  readonly action: Action;
  /** HMAC of what was asked for, without what only Terraform's outputs and the cluster add: chart, namespace, values. */
  readonly intent: string;
  /**
   * HMAC of everything that is rendered and that changes. Absent where that could not be known: no cluster yet, an output that comes
   * with the infrastructure, or an object that the plan may not read.
   */
  readonly plan?: string;
}

/** By name of the release. */
export type ReviewedReleases = Readonly<Record<string, ReviewedRelease>>;

/** What an apply is asked to hold itself to. */
export interface Review {
  readonly digest: string;
  /** What the digest was made of. Undefined: the plan has to be the same to the last. */
  readonly releases: ReviewedReleases | undefined;
}

interface Planned {
  readonly name: string;
  readonly reviewed: ReviewedRelease;
}

/** What is planned, release by release, to hand on from a plan to its apply. */
export function reviewOf(releases: readonly Planned[]): ReviewedReleases {
  return Object.fromEntries(releases.map(({ name, reviewed }) => [name, reviewed]));
}

/** One digest for all of it. Nothing secret can be guessed from it: what it is made of are HMACs already. */
export function digestOf(releases: ReviewedReleases): string {
  const digest = createDigest('releases');
  digest.add(releases);
  return digest.end();
}

/** HMAC of what a release asks for. There is nothing secret in it: outputs of Terraform are left out. */
export function intentOf(asked: {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly values: JsonObject;
}): string {
  const digest = createDigest('intent');
  digest.add(asked);
  return digest.end();
}

/**
 * Where a plan goes beyond what was reviewed, one clause each. A release may be applied when it is what was reviewed to the last;
 * when only its intent could be reviewed and is the same; when an apply of exactly this was begun and cut off; or when nothing is
 * left to do for it.
 */
export function beyondReview(
  releases: readonly (Planned & { readonly action: Action; readonly wasBegun: boolean })[],
  review: Review,
): string[] {
  const now = reviewOf(releases);
  if (digestOf(now) === review.digest) return [];
  const then = review.releases;
  if (then === undefined) return ['its digest differs'];
  if (digestOf(then) !== review.digest) return ['the digest is not that of the reviewed releases'];
  const beyond = releases.flatMap(({ name, action, reviewed, wasBegun }) => {
    if (action === 'none') return [];
    const seen = Object.hasOwn(then, name) ? then[name] : undefined;
    if (seen === undefined) return [`${name} was not in it`];
    if (seen.plan !== undefined && seen.plan === reviewed.plan) return [];
    const isSameIntent = seen.intent === reviewed.intent && (seen.action === 'uninstall') === (action === 'uninstall');
    if (isSameIntent && (seen.plan === undefined || wasBegun)) return [];
    return [isSameIntent ? `what ${name} changes in the cluster is not the same` : `${name} is not the same`];
  });
  const missing = Object.entries(then).filter(
    ([name, { action }]) => !Object.hasOwn(now, name) && action !== 'uninstall',
  );
  return [...beyond, ...missing.map(([name]) => `${name} is gone`)];
}

/** Undefined for what is no such list. */
export function parseReviewedReleases(text: string): ReviewedReleases | undefined {
  const parsed = parseJson(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const entries = Object.entries(parsed).map(([name, value]) => {
    const { action, intent, plan } = asObject(value);
    const isAction = action === 'install' || action === 'upgrade' || action === 'none' || action === 'uninstall';
    const isWhole = isAction && asString(intent) !== undefined && (plan === undefined || asString(plan) !== undefined);
    return [name, isWhole ? (value as ReviewedRelease) : undefined] as const;
  });
  if (entries.some(([, value]) => value === undefined)) return undefined;
  return Object.fromEntries(entries) as ReviewedReleases;
}
