import { type Change, type Check, createDigest } from '@suite/change-report';
import { count, type JsonObject, sentenceList } from '@suite/foundation';
import { identityOf, type KubernetesObject, type ObjectRef, refOf, titleOf } from '@suite/kubernetes';
import {
  compareObject,
  createDefinitions,
  describe,
  guardRemoval,
  hiddenValue,
  isSecret,
  type ObjectChange,
} from '@suite/kubernetes/compare';
import { foreignOwnerChecks } from './foreign-owners.ts';
import { withLiveMadeUp, withoutMadeUp } from './made-up.ts';
import type { Observed } from './observe.ts';
import type { RecordedObject, ReleaseRecord } from './record.ts';
import type { Action } from './release.ts';
import type { RenderedRelease } from './render.ts';
import { digestOf, intentOf, type ReviewedRelease, reviewOf } from './review.ts';
import { silentWebhookChecks } from './served-webhooks.ts';

export interface ReleasePlan {
  readonly name: string;
  readonly namespace: string;
  readonly action: Action;
  /** Undefined for one that is taken away. */
  readonly rendered: RenderedRelease | undefined;
  readonly changes: readonly Change[];
  /** HMAC of all that was rendered, Secrets included; empty for one that is taken away. */
  readonly manifest: string;
  /** HMACs of the data of its Secrets, by `namespace/name`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Fields that somebody else has changed, and that the apply takes back. */
  readonly takesBack: readonly { readonly title: string; readonly path: string; readonly from: string }[];
  /** What the last apply left. */
  readonly record: ReleaseRecord | undefined;
  /** What a review of it is held to. */
  readonly reviewed: ReviewedRelease;
  /** An apply of exactly this was begun and did not come to its end. */
  readonly wasBegun: boolean;
}

export interface PlatformPlan {
  readonly releases: readonly ReleasePlan[];
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
  /** HMAC of everything that an apply would do, as far as it is known (`ReviewedRelease`). */
  readonly digest: string;
}

export interface PlanInput {
  readonly rendered: readonly RenderedRelease[];
  readonly observed: Observed;
  /** Values of each release by name, as they are without any output of Terraform. */
  readonly asked: ReadonlyMap<string, JsonObject>;
  /** Keeps anybody from guessing a secret from its digest. */
  readonly key: string;
  readonly checks: readonly Check[];
}

/** Compares what is to run with what runs. Pure. */
export function planReleases({ rendered, observed, asked, key, checks }: PlanInput): PlatformPlan {
  const definitionOf = createDefinitions(rendered.flatMap(({ objects }) => objects.map(({ object }) => object)));
  const present = rendered.map(one => planRelease(one, observed, asked, key, definitionOf));
  const names = new Set(rendered.map(({ release }) => release.name));
  const gone = [...observed.records.values()].filter(({ release }) => !names.has(release));
  const taken = new Set(rendered.flatMap(({ objects }) => objects.map(({ object }) => identityOf(refOf(object)))));
  const releases = [...present, ...gone.map(record => planRemoval(record, observed, taken, key))];
  return {
    releases,
    changes: releases.flatMap(({ changes }) => changes),
    checks: [
      ...newsOf(checks, releases),
      ...foreignOwnerChecks(rendered, observed).filter(({ id }) => !checks.some(known => known.id === id)),
      ...unreadableChecks(observed),
      ...blockedChecks(releases),
      ...takeBackChecks(releases),
      ...silentWebhookChecks(releases, observed),
    ],
    digest: digestOf(reviewOf(releases)),
  };
}

/** What Helm is called where it applies: since 4.0 by server-side apply, before on its own side. */
const helmManagers: readonly string[] = ['helm', 'Helm'];

function planRelease(
  rendered: RenderedRelease,
  observed: Observed,
  asked: ReadonlyMap<string, JsonObject>,
  key: string,
  definitionOf: ReturnType<typeof createDefinitions>,
): ReleasePlan {
  const { release, chart, objects, hooks } = rendered;
  const record = observed.records.get(release.name);
  const steady = (object: KubernetesObject) => withoutMadeUp(object, release.madeUp);
  const secrets = Object.fromEntries(
    objects
      .filter(({ object }) => isSecret(object))
      .map(({ object }) => [secretName(object), hmac(key, contentOf(steady(object)))]),
  );
  const manifest = hmac(key, {
    chart: chart.digest,
    objects: objects.map(({ object }) => steady(object)),
    hooks: hooks.map(({ object }) => steady(object)),
  });
  const takesBack: { title: string; path: string; from: string }[] = [];
  const changed = objects.flatMap(({ object }) => {
    const identity = identityOf(refOf(object));
    // What may not be read is not known to differ.
    if (observed.unreadable.has(identity)) return [];
    const change = isSecret(object)
      ? compareSecret(refOf(object), secrets[secretName(object)], record?.secrets[secretName(object)])
      : compareObject({
          rendered: withLiveMadeUp(object, observed.live.get(identity), release.madeUp),
          live: observed.live.get(identity),
          managers: helmManagers,
          definition: definitionOf(object),
        });
    for (const { path, conflictsWith } of change.fields) {
      if (conflictsWith !== undefined) takesBack.push({ title: titleOf(change.ref), path, from: conflictsWith });
    }
    return describe(change, release.name) ?? [];
  });
  const kept = new Set(objects.map(({ object }) => identityOf(refOf(object))));
  const dropped = (record?.objects ?? []).filter(ref => !kept.has(identityOf(ref)));
  const changes = [...changed, ...removals(release.name, dropped, observed)];
  const isSettled =
    record?.status === 'deployed' && record.manifest === manifest && record.chart.digest === chart.digest;
  const { name, namespace } = release;
  const action = record === undefined ? 'install' : isSettled && changes.length === 0 ? 'none' : 'upgrade';
  const intent = intentOf({ name, namespace, chart: chart.digest, values: asked.get(name) ?? {} });
  const isWhole =
    observed.isKnown &&
    release.unknownValues.length === 0 &&
    !objects.some(({ object }) => observed.unreadable.has(identityOf(refOf(object))));
  return {
    name,
    namespace,
    action,
    reviewed: { action, intent, ...(isWhole ? { plan: hmac(key, { manifest, changes }) } : {}) },
    wasBegun: record !== undefined && record.status !== 'deployed' && record.manifest === manifest,
    rendered,
    changes,
    manifest,
    secrets,
    takesBack,
    record,
  };
}

function planRemoval(record: ReleaseRecord, observed: Observed, taken: ReadonlySet<string>, key: string): ReleasePlan {
  const { release: name, namespace } = record;
  const going = record.objects.filter(ref => !taken.has(identityOf(ref)));
  const gone = removals(name, going, observed);
  const changes = record.isStateful ? guardRemoval(name, gone) : gone;
  return {
    name,
    namespace,
    action: 'uninstall',
    reviewed: {
      action: 'uninstall',
      intent: intentOf({ name, namespace, chart: '', values: {} }),
      plan: hmac(key, { changes }),
    },
    // What is gone of it already is not taken away again.
    wasBegun: false,
    rendered: undefined,
    changes,
    manifest: '',
    secrets: {},
    takesBack: [],
    record,
  };
}

/** Objects of the last apply that are rendered no more. */
function removals(release: string, refs: readonly RecordedObject[], { live }: Observed): Change[] {
  return refs
    .filter(({ keep }) => !keep)
    .flatMap(ref => {
      const found = live.get(identityOf(ref));
      if (found === undefined && !isSecret(ref)) return [];
      const change: ObjectChange =
        found === undefined
          ? { ref, kind: 'delete', fields: [], reasons: [], kept: false }
          : compareObject({ rendered: undefined, live: found, managers: helmManagers });
      return describe(change, release) ?? [];
    });
}

/** Of a Secret only digests are known: that its data differs, not in what. */
function compareSecret(ref: ObjectRef, now: string | undefined, before: string | undefined): ObjectChange {
  const nothing = { ref, fields: [], reasons: [], kept: false };
  if (before === undefined) return { ...nothing, kind: 'create' };
  if (now === before) return { ...nothing, kind: 'none' };
  const data = { path: 'data', segments: ['data'], before: hiddenValue, after: hiddenValue, immutable: false };
  return { ...nothing, kind: 'update', fields: [data] };
}

function secretName({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function contentOf(secret: KubernetesObject): unknown {
  return { type: secret['type'], data: secret['data'], stringData: secret['stringData'] };
}

function hmac(key: string, value: unknown): string {
  const digest = createDigest(key);
  digest.add(value);
  return digest.end();
}

/** Nobody has to be warned once more, on each pull request, of a release that stays as it is. */
function newsOf(checks: readonly Check[], releases: readonly ReleasePlan[]): Check[] {
  const unchanged = new Set(
    releases.filter(({ action }) => action === 'none').map(({ rendered }) => rendered?.release.setting),
  );
  return checks.filter(
    ({ status, setting }) => status !== 'warning' || setting === undefined || !unchanged.has(setting),
  );
}

function unreadableChecks({ unreadable }: Observed): Check[] {
  if (unreadable.size === 0) return [];
  const [first] = unreadable.values();
  return [
    {
      id: 'release/rights',
      name: 'The plan may read what runs',
      status: 'unknown',
      message: `${count(unreadable.size, 'object')} could not be compared: ${first}`,
      remedy: 'The first apply of a cluster makes the role `aks-platform-plan-reader` for the plan identity.',
    },
  ];
}

/** Helm changes objects; it does not make them anew. */
function blockedChecks(releases: readonly ReleasePlan[]): Check[] {
  return releases.flatMap(({ name, changes }) => {
    const replaced = changes.filter(({ kind }) => kind === 'replace');
    if (replaced.length === 0) return [];
    const titles = replaced.slice(0, 3).map(({ title }) => title);
    if (replaced.length > titles.length) titles.push(`${replaced.length - titles.length} more`);
    return [
      {
        id: `release/${name}/immutable`,
        name: `${name} changes only what can be changed`,
        status: 'blocked' as const,
        message: `The API server refuses this change of ${sentenceList(titles)}: a field of it cannot be changed.`,
        remedy:
          'Keep the value as it is, or delete the object by hand in a maintenance window; the next apply makes it anew.',
        setting: `releases.${name}`,
      },
    ];
  });
}

/** A field that differs because somebody else wrote it. Whoever reviews the plan decides for the platform file. */
function takeBackChecks(releases: readonly ReleasePlan[]): Check[] {
  return releases
    .filter(({ takesBack }) => takesBack.length > 0)
    .map(({ name, takesBack }) => {
      const shown = takesBack.slice(0, 3).map(({ title, path, from }) => `${path} of ${title} from \`${from}\``);
      if (takesBack.length > shown.length) shown.push(`${takesBack.length - shown.length} more`);
      return {
        id: `release/${name}/taken-back`,
        name: `What ${name} sets is set by nobody else`,
        status: 'warning' as const,
        message: `The apply takes back ${sentenceList(shown)}.`,
        remedy:
          'Where the other one is right, leave the field out of the values, or write its value into the platform file.',
        setting: `releases.${name}`,
      };
    });
}

/** `cert-manager: upgrade (3 changes)` */
export function summaryOf({ name, action, changes }: ReleasePlan): string {
  return `${name}: ${action}${changes.length === 0 ? '' : ` (${count(changes.length, 'change')})`}`;
}
