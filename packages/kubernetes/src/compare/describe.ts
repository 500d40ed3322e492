import { type AttributeChange, type Change, type Kind, type Reach, rateChange } from '@suite/change-report';
import { shorten } from '@suite/foundation';
import { groupOf, type ObjectRef, titleOf } from '../objects.ts';
import type { FieldChange, ObjectChange } from './compare-object.ts';
import { showValues } from './mask.ts';

const mostAttributes = 200;
const longestPath = 200;

/** A change of an object as the change report has it, undefined for none. `release`: name of the Helm release. */
export function describe(change: ObjectChange, release: string): Change | undefined {
  const { ref } = change;
  if (change.kind === 'none') return undefined;
  const kind: Kind = change.kind === 'delete' && change.kept ? 'forget' : change.kind;
  const reach = reachOf(ref);
  const loss = lossOf(ref);
  const guarded = loss !== undefined && (kind === 'delete' || kind === 'replace');
  const effect = guarded ? loss : change.restarts === undefined ? undefined : `It ${change.restarts}.`;
  const title = titleOf(ref);
  return {
    address: `${release}/${title}`,
    type: `${ref.apiVersion} ${ref.kind}`,
    title,
    kind,
    // The API server takes no second object of the same name.
    ...(kind === 'replace' ? { createBeforeDelete: false } : {}),
    reasons: change.fields
      .filter(({ immutable }) => immutable)
      .map(field => ({ text: '', attribute: describeField(field) })),
    attributes: change.fields.slice(0, mostAttributes).map(describeField),
    reach,
    risk: rateChange({ kind, reach, guarded, disruptive: change.restarts !== undefined }),
    ...(guarded ? { allowKey: allowKeyOf(release) } : {}),
    ...(effect === undefined ? {} : { effect }),
  };
}

/**
 * What goes with a release that holds data. Where none of its objects is known to hold any, such as those of an operator, all of
 * them count.
 */
export function guardRemoval(release: string, changes: readonly Change[]): readonly Change[] {
  if (changes.some(({ allowKey }) => allowKey !== undefined)) return changes;
  return changes.map(change =>
    change.kind === 'delete'
      ? {
          ...change,
          risk: rateChange({ kind: 'delete', reach: change.reach, guarded: true, disruptive: false }),
          allowKey: allowKeyOf(release),
          effect: `It belongs to ${release}, which holds data.`,
        }
      : change,
  );
}

/** The key under `allow:` of what a release holds: `release/web`. */
export function allowKeyOf(release: string): string {
  return `release/${release}`;
}

function describeField({ path, segments, before, after }: FieldChange): AttributeChange {
  return { path: shorten(path, longestPath), ...showValues(segments, before, after) };
}

const reaches: readonly (readonly [Reach, readonly string[]])[] = [
  ['data', ['/PersistentVolume', '/PersistentVolumeClaim', 'apps/StatefulSet']],
  [
    'cluster',
    [
      '/Namespace',
      'admissionregistration.k8s.io/*',
      'apiextensions.k8s.io/*',
      'apiregistration.k8s.io/*',
      'flowcontrol.apiserver.k8s.io/*',
      'node.k8s.io/*',
      'scheduling.k8s.io/*',
      'storage.k8s.io/*',
    ],
  ],
  ['identity', ['/ServiceAccount', 'rbac.authorization.k8s.io/*']],
  ['network', ['/Service', 'networking.k8s.io/*', 'gateway.networking.k8s.io/*', 'alb.networking.azure.io/*']],
];

function reachOf({ apiVersion, kind }: ObjectRef): Reach {
  const group = groupOf(apiVersion);
  const names = [`${group}/${kind}`, `${group}/*`];
  return reaches.find(([, members]) => names.some(name => members.includes(name)))?.[0] ?? 'stateless';
}

const losses: Readonly<Record<string, string>> = {
  '/Namespace': 'Everything in it is deleted with it.',
  '/PersistentVolume': 'What it holds may be lost.',
  '/PersistentVolumeClaim': 'What its volume holds is lost, unless the storage class keeps volumes.',
  'apiextensions.k8s.io/CustomResourceDefinition': 'Every object of its kind is deleted with it.',
  'apps/StatefulSet': 'Its pods stop, and whether their volumes stay is up to its retention policy.',
  'monitoring.coreos.com/Alertmanager': 'Its silences are lost with its volumes.',
  'monitoring.coreos.com/Prometheus': 'Its metrics are lost with its volumes.',
};

/** What goes with an object when it is deleted and does not come back by itself; undefined for nothing. */
function lossOf({ apiVersion, kind }: ObjectRef): string | undefined {
  const key = `${groupOf(apiVersion)}/${kind}`;
  return Object.hasOwn(losses, key) ? losses[key] : undefined;
}
