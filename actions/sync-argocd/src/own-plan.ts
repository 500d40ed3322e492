import type { Change, Check } from '@suite/change-report';
import { identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import { compareObject, describe } from '@suite/kubernetes/compare';
import { fieldManager, fingerprintOf, type OwnObjects, ownerLabel } from './objects.ts';
import { allowKeyOf, type Live } from './plan/index.ts';
import type { SyncRecord } from './record.ts';

export interface OwnPlanInput {
  readonly own: OwnObjects;
  /** What the label of ours says. */
  readonly owner: string;
  readonly live: Pick<Live, 'isKnown' | 'applications' | 'projects'>;
  /** Of `own.namespaces`, those that are there, by name. */
  readonly namespaces: ReadonlyMap<string, KubernetesObject>;
  readonly record: SyncRecord;
  /** What `allow:` of the environment names. */
  readonly allow: readonly string[];
  /** The command is about some of the applications only: nothing is said of those that are gone. */
  readonly isPart?: boolean;
  /** Nothing but Applications and projects is written: nothing is said of namespaces and of the Secret. */
  readonly isArgoAlone?: boolean;
}

export interface OwnPlan {
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
  /** Applications of ours that stand in the file no more. */
  readonly gone: readonly KubernetesObject[];
}

const managers = [fieldManager];
const group = 'argo-cd';

/** What changes of the objects that this action owns. Pure. */
export function planOwn({
  own,
  owner,
  live,
  namespaces,
  record,
  allow,
  isPart = false,
  isArgoAlone = false,
}: OwnPlanInput): OwnPlan {
  const there = (object: KubernetesObject): KubernetesObject | undefined => {
    const { kind, metadata } = object;
    if (kind === 'Namespace') return namespaces.get(metadata.name);
    return (kind === 'Application' ? live.applications : live.projects).get(metadata.name);
  };
  const compared = [...(isArgoAlone ? [] : own.namespaces), ...own.argo].flatMap(
    rendered => describe(compareObject({ rendered, live: there(rendered), managers }), group) ?? [],
  );
  const wanted = new Set(own.argo.map(object => identityOf(refOf(object))));
  const gone = [...live.applications.values()].filter(
    object => !isPart && object.metadata.labels?.[ownerLabel] === owner && !wanted.has(identityOf(refOf(object))),
  );
  const removals = gone.flatMap(object => {
    const ref = refOf(object);
    const change = describe({ ref, kind: 'delete', fields: [], reasons: [], kept: false }, group);
    if (change === undefined) return [];
    const effect = 'Everything that it deployed goes with it.';
    return [{ ...change, risk: 'critical' as const, allowKey: allowKeyOf(ref.name), effect }];
  });
  return {
    changes: [...compared, ...(isArgoAlone ? [] : clusterChange(own.cluster, record)), ...removals],
    checks: gone.flatMap(object => removalCheck(object, allow)),
    gone,
  };
}

/** The Secret is not read: that it differs is known by the fingerprint of what was written last. */
function clusterChange(cluster: KubernetesObject, { clusterFingerprint }: SyncRecord): Change[] {
  if (clusterFingerprint === fingerprintOf(cluster)) return [];
  const kind = clusterFingerprint === undefined ? 'create' : 'update';
  const change = describe({ ref: refOf(cluster), kind, fields: [], reasons: [], kept: false }, group);
  return change === undefined ? [] : [change];
}

function removalCheck({ metadata: { name } }: KubernetesObject, allow: readonly string[]): Check[] {
  const key = allowKeyOf(name);
  if (allow.includes(key)) return [];
  return [
    {
      id: `${key}/removal`,
      name: `${name} may be taken away`,
      status: 'blocked',
      message: `The application ${name} is no longer in the platform file: it and everything that it deployed would be deleted.`,
      remedy: `Name \`${key}\` under \`allow:\` of the environment, or take the application back into the file.`,
      setting: 'applications.apps',
    },
  ];
}
