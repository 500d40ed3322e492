import { asArray, asObject, isObject } from '@suite/foundation';
import { groupOf, type KubernetesObject, type ObjectRef, refOf } from '../objects.ts';
import { ruleOfResource } from './definition-rules.ts';
import { type Difference, differences, isSet } from './differences.ts';
import { isWebhookConfiguration, withoutEnforced } from './enforcer.ts';
import { metadataRule, type Rule, ruleOfField, ruleOfKind } from './field-rules.ts';
import { isImmutable } from './immutable.ts';
import { announcesSecret } from './mask.ts';
import { type Ownership, readOwnership, valueAt } from './ownership.ts';
import { describePath, isAtOrBelow, type Path } from './paths.ts';
import { restartsOf } from './restarts.ts';
import { comparableSecret, hiddenValue, isSecret } from './secret-data.ts';

export interface ObjectPair {
  /** What the chart gives now; undefined for an object that the release has no more. */
  readonly rendered: KubernetesObject | undefined;
  /** What the API server has; undefined for an object that is not there. */
  readonly live: KubernetesObject | undefined;
  /** Names of Helm's field managers: what they own by apply and is rendered no more goes away. */
  readonly managers: readonly string[];
  /** The definition of a custom resource. Without it what a list of it lost is not seen, because it may be a default. */
  readonly definition?: KubernetesObject | undefined;
}

/** An object as a chart gave it before, and as it gives it now. */
export interface RenderedPair {
  /** Undefined for an object that was not there. */
  readonly before: KubernetesObject | undefined;
  /** Undefined for an object that is there no more. */
  readonly after: KubernetesObject | undefined;
  /** The definition of a custom resource. */
  readonly definition?: KubernetesObject | undefined;
}

/** What an apply does to one object. Values are in clear but those of Secrets, which are in none. */
export interface ObjectChange {
  readonly ref: ObjectRef;
  /** `replace`: a field differs that the API server does not let anybody change. */
  readonly kind: 'create' | 'update' | 'replace' | 'delete' | 'none';
  readonly fields: readonly FieldChange[];
  /** Why it has to be replaced, clauses without a full stop. Empty for other kinds. */
  readonly reasons: readonly string[];
  /** What restarts by it: `restarts 3 pods`. */
  readonly restarts?: string;
  /** Only for `delete`: Helm leaves it where it is (`helm.sh/resource-policy: keep`). */
  readonly kept: boolean;
}

export interface FieldChange {
  /** `spec.template.spec.containers[web].image` */
  readonly path: string;
  readonly segments: Path;
  /** Undefined where there is nothing. */
  readonly before: unknown;
  readonly after: unknown;
  readonly immutable: boolean;
  /** Another field manager owns it: an apply that does not force conflicts is refused. */
  readonly conflictsWith?: string;
}

/** Whether an object says that Helm is not to take it away; Helm reads the live one. */
export function isKept({ metadata }: Pick<KubernetesObject, 'metadata'>): boolean {
  return metadata.annotations?.['helm.sh/resource-policy']?.trim().toLowerCase() === 'keep';
}

/**
 * What applying `rendered` does to `live`. Only rendered fields are compared, and what Helm's managers own and render no more;
 * the server's defaults are nobody's change. Fails when there is neither.
 */
export function compareObject({ rendered, live, managers, definition }: ObjectPair): ObjectChange {
  if (rendered === undefined) {
    if (live === undefined) throw new Error('There is nothing to compare: neither a rendered nor a live object.');
    return { ref: refOf(live), kind: 'delete', fields: [], reasons: [], kept: isKept(live) };
  }
  if (live === undefined) return { ref: refOf(rendered), kind: 'create', fields: [], reasons: [], kept: false };
  const ownership = readOwnership(live.metadata.managedFields ?? [], managers);
  const rule = ruleOfResource(definition, rendered.apiVersion) ?? ruleOfKind(rendered.apiVersion, rendered.kind);
  return changeOf(rendered, live, changedFields(rendered, live, rule, ownership));
}

/**
 * What differs between two renderings of an object, as an apply would change what nobody else has touched. Fields that `after` has no more
 * count, which of a live object only their owner tells.
 */
export function compareRendered({ before, after, definition }: RenderedPair): ObjectChange {
  const change = compareObject({ rendered: after, live: before, managers: [], definition });
  if (before === undefined || after === undefined) return change;
  const told = change.fields.map(({ path }) => path);
  const gone = compareObject({ rendered: before, live: after, managers: [], definition })
    .fields.filter(({ path }) => !told.some(other => startsPath(path, other) || startsPath(other, path)))
    .map(({ path, segments, before: now, after: was }) => ({
      path,
      segments,
      before: was,
      after: now,
      immutable: isImmutable(before, segments),
    }));
  return changeOf(after, before, [...change.fields, ...gone]);
}

function changeOf(rendered: KubernetesObject, live: KubernetesObject, fields: readonly FieldChange[]): ObjectChange {
  const ref = refOf(rendered);
  const immutable = fields.filter(field => field.immutable);
  if (fields.length === 0) return { ref, kind: 'none', fields, reasons: [], kept: false };
  const paths = fields.map(({ segments }) => segments);
  const restarts = immutable.length > 0 ? replacedPods(rendered) : restartsOf(rendered, live, paths);
  return {
    ref,
    kind: immutable.length > 0 ? 'replace' : 'update',
    fields,
    reasons: immutable.map(({ path }) => `\`${path}\` cannot be changed`),
    ...(restarts === undefined ? {} : { restarts }),
    kept: false,
  };
}

function replacedPods(rendered: KubernetesObject): string | undefined {
  return groupOf(rendered.apiVersion) === 'apps' ? 'stops all of its pods and starts new ones' : undefined;
}

function changedFields(
  rendered: KubernetesObject,
  live: KubernetesObject,
  rule: Rule,
  ownership: Ownership,
): FieldChange[] {
  const [wanted, there] = comparable(rendered, live);
  const withMetadata: Rule = {
    is: 'struct',
    type: rendered.kind,
    atomic: false,
    fields: name => (name === 'metadata' ? metadataRule : ruleOfField(rule, name)),
  };
  const paths = [
    ...Object.keys(wanted)
      .filter(field => !notCompared.has(field))
      .map(field => [field]),
    ...comparedMetadata.map(field => ['metadata', field]),
  ];
  const found = paths.flatMap(path => [
    ...differences(valueAt(wanted, path), valueAt(there, path), path.reduce(ruleOfField, withMetadata), path),
  ]);
  const covered = found.map(({ path }) => describePath(path));
  const gone = ownership
    .takenAway(wanted, there, withMetadata)
    .filter(({ path }) => isComparedPath(path))
    .filter(({ path }) => !covered.some(other => startsPath(describePath(path), other)));
  return [...found, ...gone]
    .filter(({ path }) => !isHelmsOwn(path))
    .map(difference => fieldChange(difference, live, ownership, isSecretData(difference, [wanted, there])));
}

const comparedMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;
const notCompared: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function isComparedPath(path: Path): boolean {
  const [first, second] = path;
  if (first === 'metadata') return second === 'labels' || second === 'annotations' || second === 'finalizers';
  return typeof first === 'string' && !notCompared.has(first) && path.at(-1) !== 'caBundle';
}

function startsPath(path: string, start: string): boolean {
  return path === start || path.startsWith(`${start}.`) || path.startsWith(`${start}[`);
}

/** Helm adds these to what it applies (pkg/action/validate.go, `setMetadataVisitor`). */
function isHelmsOwn(path: Path): boolean {
  const [, map, key] = path;
  if (isAtOrBelow(path, ['metadata', 'labels', '*'])) return key === 'app.kubernetes.io/managed-by';
  return map === 'annotations' && isAtOrBelow(path, ['metadata', '*', '*']) && String(key).startsWith('meta.helm.sh/');
}

/** Data of a Secret, or the argument after `--password`. */
function isSecretData({ path }: Difference, sides: readonly KubernetesObject[]): boolean {
  const last = path.at(-1);
  if (typeof last !== 'number') return sides[0] !== undefined && isSecret(sides[0]) && path[0] === 'data';
  return sides.some(side => announcesSecret(valueAt(side, [...path.slice(0, -1), last - 1])));
}

function fieldChange(
  { path, before, after }: Difference,
  live: KubernetesObject,
  ownership: Ownership,
  secret: boolean,
): FieldChange {
  const show = (value: unknown) => (secret && isSet(value) ? hiddenValue : value);
  const owner = ownership.otherOwner(path);
  return {
    path: describePath(path),
    segments: path,
    before: show(before),
    after: show(after),
    immutable: isImmutable(live, path),
    ...(owner === undefined ? {} : { conflictsWith: owner }),
  };
}

/** Both sides without what others write by right: certificates of webhooks, AKS's enforcer. */
function comparable(rendered: KubernetesObject, live: KubernetesObject): [KubernetesObject, KubernetesObject] {
  if (isWebhookConfiguration(rendered)) {
    return [
      {
        ...rendered,
        webhooks: asArray(rendered['webhooks']).map(webhook => withoutCa(withoutEnforced(webhook), rendered)),
      },
      { ...live, webhooks: asArray(live['webhooks']).map(withoutEnforced) },
    ];
  }
  if (rendered.kind === 'CustomResourceDefinition') {
    const spec = asObject(rendered['spec']);
    const conversion = asObject(spec['conversion']);
    if (!isObject(conversion['webhook'])) return [rendered, live];
    const webhook = withoutCa(conversion['webhook'], rendered);
    return [{ ...rendered, spec: { ...spec, conversion: { ...conversion, webhook } } }, live];
  }
  if (rendered.kind === 'APIService' && isInjected(rendered, asObject(rendered['spec'])['caBundle'])) {
    const { caBundle: _, ...spec } = asObject(rendered['spec']);
    return [{ ...rendered, spec }, live];
  }
  if (isSecret(rendered)) {
    return [comparableSecret(rendered), comparableSecret(live)];
  }
  return [rendered, live];
}

function withoutCa(webhook: unknown, owner: KubernetesObject): unknown {
  const { clientConfig, ...rest } = asObject(webhook);
  if (!isObject(clientConfig) || !isInjected(owner, clientConfig['caBundle'])) return webhook;
  const { caBundle: _, ...config } = clientConfig;
  return { ...rest, clientConfig: config };
}

// cert-manager's CA injector writes where one of these stands.
const injections = [
  'cert-manager.io/inject-ca-from',
  'cert-manager.io/inject-ca-from-secret',
  'cert-manager.io/inject-apiserver-ca',
];
// What charts write to have a value at all: nothing, or a line feed in base64.
const placeholders: readonly unknown[] = ['', 'Cg=='];

function isInjected({ metadata }: KubernetesObject, caBundle: unknown): boolean {
  return placeholders.includes(caBundle) || injections.some(name => metadata.annotations?.[name] !== undefined);
}
