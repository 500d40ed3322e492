import { canonicalJson } from '@suite/foundation';
import { type KubernetesObject, type ObjectRef, refOf } from '@suite/kubernetes';
import { compareObject, type FieldChange, isSecret, type ObjectChange } from '@suite/kubernetes/compare';
import type { Ignored } from './ignore.ts';
import { liveWithoutMarks, type Tracking, withoutMarks } from './tracking.ts';

/** One object at the commits and in the cluster. */
export interface ObjectStates {
  /** Undefined: not rendered there. */
  readonly base: KubernetesObject | undefined;
  readonly head: KubernetesObject;
  readonly live: KubernetesObject | undefined;
}

export interface CompareContext {
  readonly tracking: Tracking;
  readonly ignored: Ignored;
  readonly definition: KubernetesObject | undefined;
  /** Whether the live object is known: it may be absent then, and was looked for. */
  readonly isLiveKnown: boolean;
  /** Whether base is known: an object that is not there is new then. */
  readonly isBaseKnown: boolean;
}

export interface Compared {
  /** What this commit does to the object. */
  readonly change: ObjectChange;
  /** What differed from base before it; from what was wanted to what is there. */
  readonly drift: ObjectChange;
}

/** Argo CD's names as a field manager: by apply of either kind. */
const argoManagers: readonly string[] = ['argocd-controller', 'argocd-application-controller'];

/** Tells what a commit changes from what differed already. */
export function compareStates(
  { base, head, live }: ObjectStates,
  context: CompareContext,
  managers = argoManagers,
): Compared {
  const { tracking, ignored, definition, isLiveKnown, isBaseKnown } = context;
  const ref = refOf(head);
  const none = unchanged(ref);
  const clean = (object: KubernetesObject) => ignored.without(withoutMarks(object, tracking));
  const compare = (rendered: KubernetesObject, there: KubernetesObject | undefined) => {
    const change = compareObject({ rendered, live: there, managers, definition });
    return withFields(
      change,
      change.fields.filter(({ conflictsWith = '' }) => !ignored.managers.has(conflictsWith)),
    );
  };
  const wanted = clean(head);
  const before = base === undefined ? undefined : clean(base);
  const isSame = before !== undefined && canonicalJson(before) === canonicalJson(wanted);
  if (!isLiveKnown || isSecret(ref)) {
    if (before === undefined) return { change: created(ref), drift: none };
    if (isSame) return { change: none, drift: none };
    const change = compare(wanted, before);
    return { change: withGone(change, goneFields(before, wanted, compare), change), drift: none };
  }
  const there = live === undefined ? undefined : ignored.without(liveWithoutMarks(live, head, tracking));
  const now = compare(wanted, there);
  if (before === undefined || !isBaseKnown) return { change: now, drift: none };
  if (there === undefined) return { change: isSame ? none : created(ref), drift: { ...none, kind: 'delete' } };
  if (isSame) return { change: none, drift: inverted(now) };
  const earlier = compare(before, there);
  const known = new Set(earlier.fields.map(keyOf));
  const own = now.fields.filter(field => !known.has(keyOf(field)));
  const drifted = new Set(earlier.fields.map(({ path }) => path));
  const gone = goneFields(before, wanted, compare);
  const left = gone.fields.filter(({ path }) => !drifted.has(path) && !now.fields.some(other => covers(other, path)));
  return { change: withGone(withFields(now, own), { ...gone, fields: left }, now), drift: inverted(earlier) };
}

export function unchanged(ref: ObjectRef): ObjectChange {
  return { ref, kind: 'none', fields: [], reasons: [], kept: false };
}

function created(ref: ObjectRef): ObjectChange {
  return { ...unchanged(ref), kind: 'create' };
}

/**
 * What base renders and head does not: an apply takes it away, as Argo CD knows what it applied before. As a change from head's point of
 * view.
 */
function goneFields(
  before: KubernetesObject,
  wanted: KubernetesObject,
  compare: (rendered: KubernetesObject, there: KubernetesObject) => ObjectChange,
): ObjectChange {
  const back = compare(before, wanted);
  const fields = back.fields
    .filter(({ before: inHead, after }) => inHead === undefined && after !== undefined)
    .map(({ conflictsWith: _, ...field }) => ({ ...field, before: field.after, after: undefined }));
  return { ...back, fields };
}

function withGone(change: ObjectChange, gone: ObjectChange, whole: ObjectChange): ObjectChange {
  const fields = [
    ...change.fields,
    ...gone.fields.filter(({ path }) => !change.fields.some(other => covers(other, path))),
  ];
  const restarts =
    (change.fields.length > 0 ? whole.restarts : undefined) ?? (fields.length > 0 ? gone.restarts : undefined);
  const { restarts: _, ...rest } = withFields(change.kind === 'none' ? { ...change, kind: 'update' } : change, fields);
  return { ...rest, ...(restarts === undefined ? {} : { restarts }) };
}

/** The change with other fields: what it is follows from them. */
function withFields(change: ObjectChange, fields: readonly FieldChange[]): ObjectChange {
  if (change.kind === 'create' || change.kind === 'delete') return change;
  if (fields.length === change.fields.length && change.kind !== 'none' && fields.length > 0)
    return { ...change, fields };
  const immutable = fields.filter(field => field.immutable);
  if (fields.length === 0) return unchanged(change.ref);
  return {
    ...change,
    fields,
    kind: immutable.length > 0 ? 'replace' : 'update',
    reasons: immutable.map(({ path }) => `\`${path}\` cannot be changed`),
  };
}

/** From what was wanted to what is there. */
function inverted(change: ObjectChange): ObjectChange {
  if (change.kind === 'create') return { ...change, kind: 'delete' };
  if (change.kind === 'none') return change;
  const { restarts: _, ...rest } = change;
  const fields = change.fields.map(field => ({ ...field, before: field.after, after: field.before, immutable: false }));
  return { ...rest, kind: 'update', reasons: [], fields };
}

function keyOf({ path, after }: FieldChange): string {
  return `${path}\n${canonicalJson(after ?? null)}`;
}

function covers({ path: whole }: FieldChange, path: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}
