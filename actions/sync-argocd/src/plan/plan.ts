import { type Change, createDigest } from '@suite/change-report';
import { identityOf, type KubernetesObject, type ObjectRef, refOf, titleOf } from '@suite/kubernetes';
import { createDefinitions, describe, isSecret, type ObjectChange } from '@suite/kubernetes/compare';
import { type RenderedApplication, type Rendering, readApplication } from '../render/index.ts';
import { checkPlan } from './checks.ts';
import { type CompareContext, compareStates, unchanged } from './compare-object.ts';
import { ignoredOf } from './ignore.ts';
import { hasDigest, imagesOf } from './images.ts';
import type { Action, ApplicationPlan, ApplicationsPlan, PlanInput, ReviewedApplication } from './model.ts';
import { byName, trackedBy } from './observe.ts';
import { isForced, pruneOption } from './sync-options.ts';
import { defaultTracking, withoutMarks } from './tracking.ts';

/** Compares what is rendered at two commits with each other and with what runs. Pure. */
export function planApplications(input: PlanInput): ApplicationsPlan {
  const { base, head } = input;
  const [before, after] = [byName(base), byName(head)];
  const everything = [...(base?.applications ?? []), ...head.applications].flatMap(({ objects }) => objects);
  const definitionOf = createDefinitions(everything);
  const present = head.applications.map(one =>
    planApplication(one, before.get(one.application.name), input, definitionOf),
  );
  const moved = new Set(head.applications.flatMap(({ objects }) => objects.map(object => identityOf(refOf(object)))));
  const gone = [...before.values()]
    .filter(({ application }) => !after.has(application.name))
    .map(one => (isLost(one, head) ? unknownRemoval(one, input) : planRemoval(one, moved, input)));
  const applications = [...present, ...gone];
  const reviewed = Object.fromEntries(applications.map(({ name, reviewed: one }) => [name, one]));
  return {
    applications,
    changes: applications.flatMap(({ changes }) => changes),
    drift: applications.flatMap(({ drift }) => drift),
    checks: checkPlan(applications, input),
    digest: hmac('applications', reviewed),
    reviewed,
  };
}

/** The key under `allow:` of what an application holds: `application/api`. */
export function allowKeyOf(application: string): string {
  return `application/${application}`;
}

/** Who makes Applications of a set. */
const setManagers = ['argocd-applicationset-controller'];

function planApplication(
  rendered: RenderedApplication,
  base: RenderedApplication | undefined,
  input: PlanInput,
  definitionOf: ReturnType<typeof createDefinitions>,
): ApplicationPlan {
  const { application, origin, objects, hooks, problem } = rendered;
  const made = withNamespace(rendered);
  const { name } = application;
  const { live, isHere } = input;
  const isLiveKnown = live.isKnown && isHere(application.destination);
  // Of what base is made nobody knows where it could not be rendered.
  const isBaseKnown = input.base !== undefined && base?.problem === undefined;
  const tracking = input.tracking ?? defaultTracking;
  const contextOf = (object: KubernetesObject): CompareContext => ({
    tracking,
    ignored: ignoredOf(object, application.ignoreDifferences),
    definition: definitionOf(object),
    isLiveKnown: isLiveKnown && !live.unreadable.has(identityOf(refOf(object))),
    isBaseKnown,
  });
  const known = isBaseKnown ? base : undefined;
  const earlier = byIdentity(known === undefined ? [] : withNamespace(known));
  const compared =
    problem === undefined
      ? made.flatMap(object => {
          const identity = identityOf(refOf(object));
          // Without base nothing is known of a Secret.
          if (!isBaseKnown && isSecret(object)) return [];
          return [
            compareStates(
              { base: earlier.get(identity), head: object, live: live.objects.get(identity) },
              contextOf(object),
            ),
          ];
        })
      : [];
  const own = origin.is === 'set' ? [planOwnObject(rendered, base, input, contextOf)] : [];
  const pruned =
    problem === undefined
      ? planPruning(rendered, byIdentity(known?.objects ?? []), isBaseKnown, isLiveKnown, input)
      : nothingPruned;
  const tell = (change: ObjectChange, release = name) => describeFor(change, release);
  const changes = [
    ...own.flatMap(({ change }) => tell(change, origin.is === 'set' ? origin.name : name)),
    ...compared.flatMap(({ change }) => tell(change)),
    ...pruned.changes.flatMap(change => tell(change)),
  ];
  const drift = [
    ...own.flatMap(({ drift: one }) => tell(one, origin.is === 'set' ? origin.name : name)),
    ...compared.flatMap(({ drift: one }) => tell(one)),
    ...pruned.drift.flatMap(change => tell(change)),
  ].map(withoutEffect);
  const had = new Set((base?.objects ?? []).flatMap(imagesOf));
  const isNew = input.base !== undefined && base === undefined;
  const action: Action = problem !== undefined ? 'unknown' : isNew ? 'create' : changes.length > 0 ? 'sync' : 'none';
  return {
    name,
    action,
    rendered,
    changes,
    drift,
    hooks,
    loose: [...new Set(objects.flatMap(imagesOf))].filter(image => !hasDigest(image) && !had.has(image)),
    stays: pruned.stays,
    confirmations: pruned.confirmations,
    blocked: compared
      .filter(({ change }) => change.kind === 'replace')
      .filter(({ change }) => {
        const identity = identityOf(change.ref);
        const head = objects.find(object => identityOf(refOf(object)) === identity);
        return !isForced([head, live.objects.get(identity)], application);
      })
      .map(({ change }) => titleOf(change.ref)),
    reviewed: reviewedOf(action, rendered, changes, isLiveKnown && isBaseKnown, input),
  };
}

function byIdentity(objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> {
  return new Map(objects.map(object => [identityOf(refOf(object)), object]));
}

/** What is applied, in its order: the namespace comes first. */
function withNamespace({ objects, namespace }: RenderedApplication): readonly KubernetesObject[] {
  return namespace === undefined ? objects : [namespace, ...objects];
}

/** The Application itself, where a set makes it. */
function planOwnObject(
  { application }: RenderedApplication,
  base: RenderedApplication | undefined,
  { live }: PlanInput,
  contextOf: (object: KubernetesObject) => CompareContext,
) {
  const context = { ...contextOf(application.object), isLiveKnown: live.isKnown };
  const states = {
    base: base?.application.object,
    head: application.object,
    live: live.applications.get(application.name),
  };
  return compareStates(states, context, setManagers);
}

interface Pruned {
  readonly changes: readonly ObjectChange[];
  readonly drift: readonly ObjectChange[];
  readonly stays: readonly string[];
  readonly confirmations: readonly string[];
}

const nothingPruned: Pruned = { changes: [], drift: [], stays: [], confirmations: [] };

/** What is rendered no more. What nobody rendered at base either was waiting for its end before this commit. */
function planPruning(
  { application, objects, hooks }: RenderedApplication,
  base: ReadonlyMap<string, KubernetesObject>,
  isBaseKnown: boolean,
  isLiveKnown: boolean,
  { live, prunes = application.prunes }: PlanInput,
): Pruned {
  const kept = new Set([...objects, ...hooks.map(({ object }) => object)].map(object => identityOf(refOf(object))));
  const changes: ObjectChange[] = [];
  const drift: ObjectChange[] = [];
  const stays: string[] = [];
  const confirmations: string[] = [];
  const tracked = isLiveKnown ? trackedBy(live.applications.get(application.name)) : [];
  const refs = new Map<string, ObjectRef>();
  for (const ref of [...[...base.values()].map(refOf), ...tracked]) refs.set(identityOf(ref), ref);
  for (const [identity, ref] of refs) {
    if (kept.has(identity)) continue;
    const found = live.objects.get(identity);
    const isReadable = isLiveKnown && !isSecret(ref) && !live.unreadable.has(identity);
    if (isReadable && found === undefined) continue;
    const isOurs = !isBaseKnown || base.has(identity);
    if (!isOurs) {
      drift.push({ ...unchanged(ref), kind: 'create' });
      continue;
    }
    const option = pruneOption(found ?? base.get(identity), application);
    const stay = !prunes || option === 'false';
    if (stay) stays.push(titleOf(ref));
    else if (option === 'confirm') confirmations.push(titleOf(ref));
    changes.push({ ...unchanged(ref), kind: 'delete', kept: stay });
  }
  return { changes, drift, stays, confirmations };
}

/** An Application that is gone takes its objects with it only where its finalizer says so. */
function planRemoval(rendered: RenderedApplication, moved: ReadonlySet<string>, input: PlanInput): ApplicationPlan {
  const { application, origin, objects } = rendered;
  const { live, isHere } = input;
  const { name } = application;
  const isLiveKnown = live.isKnown && isHere(application.destination);
  const refs = new Map<string, ObjectRef>();
  for (const ref of [...objects.map(refOf), ...(isLiveKnown ? trackedBy(live.applications.get(name)) : [])]) {
    refs.set(identityOf(ref), ref);
  }
  const there = live.applications.get(name);
  const isCascading = there === undefined ? application.isCascading : readApplication(there).isCascading;
  const going = [...refs].flatMap(([identity, ref]): ObjectChange[] => {
    if (moved.has(identity)) return [];
    const found = live.objects.get(identity);
    if (isLiveKnown && !isSecret(ref) && !live.unreadable.has(identity) && found === undefined) return [];
    const keeps = found?.metadata.annotations?.['helm.sh/resource-policy'] === 'keep';
    return [{ ...unchanged(ref), kind: 'delete', kept: !isCascading || keeps }];
  });
  const own: ObjectChange[] = origin.is === 'set' ? [{ ...unchanged(refOf(application.object)), kind: 'delete' }] : [];
  const changes = [
    ...own.flatMap(change => describeFor(change, origin.is === 'set' ? origin.name : name)),
    ...going.flatMap(change => describeFor(change, name)),
  ];
  return {
    ...idle(rendered),
    action: 'delete',
    changes,
    stays: going.filter(({ kept }) => kept).map(({ ref }) => titleOf(ref)),
    reviewed: reviewedOf('delete', rendered, changes, isLiveKnown, input),
  };
}

/** Whatever makes the Application could not be looked into at head. */
function isLost({ origin }: RenderedApplication, head: Rendering): boolean {
  if (origin.is === 'set') {
    return head.problems.some(
      ({ subject }) =>
        subject.startsWith('ApplicationSet ') && subject.split('/').at(-1)?.split(' ').at(-1) === origin.name,
    );
  }
  if (origin.is === 'given') return false;
  const parent = head.applications.find(({ application }) => application.name === origin.name);
  return parent?.problem !== undefined;
}

function unknownRemoval(rendered: RenderedApplication, input: PlanInput): ApplicationPlan {
  const problem = 'What makes this Application could not be rendered.';
  return {
    ...idle({ ...rendered, problem }),
    action: 'unknown',
    reviewed: reviewedOf('unknown', rendered, [], false, input),
  };
}

function idle(rendered: RenderedApplication) {
  return {
    name: rendered.application.name,
    rendered,
    changes: [],
    drift: [],
    hooks: [],
    loose: [],
    stays: [],
    confirmations: [],
    blocked: [],
  };
}

function reviewedOf(
  action: Action,
  { application, objects, hooks }: RenderedApplication,
  changes: readonly Change[],
  isWhole: boolean,
  { key, live, tracking = defaultTracking }: PlanInput,
): ReviewedApplication {
  const spec = withoutMarks(application.object, tracking)['spec'];
  const isReadable = !objects.some(object => live.unreadable.has(identityOf(refOf(object))));
  return {
    action,
    intent: hmac(key, { spec, objects, hooks: hooks.map(({ object }) => object) }),
    ...(isWhole && isReadable && action !== 'unknown' ? { plan: hmac(key, changes) } : {}),
  };
}

function describeFor(change: ObjectChange, application: string): Change[] {
  const described = describe(change, application);
  if (described === undefined) return [];
  return [described.allowKey === undefined ? described : { ...described, allowKey: allowKeyOf(application) }];
}

/** What has happened loses nothing by being told. */
function withoutEffect({ effect: _, allowKey: __, ...change }: Change): Change {
  return change;
}

function hmac(key: string, value: unknown): string {
  const digest = createDigest(key);
  digest.add(value);
  return digest.end();
}
