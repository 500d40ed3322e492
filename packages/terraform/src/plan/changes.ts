import type { Change, Check } from '@suite/change-report';
import { UserError } from '@suite/foundation';
import {
  describeCreate,
  describeDelete,
  listAttributes,
  replacedLeaves,
  replaceReasons,
  rotationReasons,
} from './attributes.ts';
import { findHazards, raiseRisk } from './hazards.ts';
import { differingLeaves, type Leaf } from './leaves.ts';
import type { Mask } from './mask.ts';
import type { ResourceChange } from './plan-json.ts';
import { allowKeyOf, lossOf, poolType, titleOf } from './resource-types.ts';
import { findRotation, type Rotation } from './rotation.ts';
import { plainChange, type Subject, showAddress, showName, subjectOf } from './subject.ts';

/** What one entry of a plan means to people. */
export interface ReadChange {
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
}

/**
 * An entry may be several changes: an import or a move that also updates, a cluster whose default pool is rotated while
 * something else of it is updated. Nothing for what is left alone and for data sources. Throws a UserError on an action
 * that is not known here: what it does could not be judged.
 */
export function readChange(change: ResourceChange, mask: Mask): ReadChange {
  if (!change.managed) return nothing;
  const action = actionOf(change.actions);
  const { importing, previousAddress, deposed } = change;
  const moved = previousAddress !== undefined && deposed === undefined;
  if (action === 'no-op' && importing === undefined && !moved) return nothing;
  const subject = subjectOf(change, mask);
  const recorded: Change[] = [];
  if (importing !== undefined) recorded.push(plainChange('import', subject));
  if (moved) recorded.push({ ...plainChange('move', subject), previousAddress: showAddress(previousAddress) });
  const done = readAction(action, change, subject, mask);
  return { ...done, changes: [...recorded, ...done.changes] };
}

const nothing: ReadChange = { changes: [], checks: [], warnings: [] };

type Action = 'no-op' | 'create' | 'update' | 'delete' | 'replace' | 'forget' | 'succeed';

/** Undefined for a combination that this package does not know. */
function actionOf(actions: readonly string[]): Action | undefined {
  switch (actions.toSorted().join(' ')) {
    case 'no-op':
    case 'read':
      return 'no-op';
    case 'create':
      return 'create';
    case 'update':
      return 'update';
    case 'delete':
      return 'delete';
    case 'create delete':
      return 'replace';
    case 'forget':
      return 'forget';
    case 'create forget':
      return 'succeed';
    default:
      return undefined;
  }
}

function readAction(action: Action | undefined, change: ResourceChange, subject: Subject, mask: Mask): ReadChange {
  switch (action) {
    case 'no-op':
      return nothing;
    case 'create':
      return only(readCreate(change, subject, mask));
    case 'update':
      return readUpdate(change, subject, mask);
    case 'delete':
      return only({
        ...plainChange('delete', subject),
        attributes: describeDelete(change, mask),
        ...effectOf(lossOf(subject.type)),
      });
    case 'replace':
      return readReplace(change, subject, mask);
    case 'forget':
      return only(readForget(subject));
    case 'succeed':
      // A new one is made; the old one stays where it is and is no longer managed.
      return only(readCreate(change, subject, mask), readForget(subject));
    case undefined:
      throw new UserError({
        message: `The plan does something with ${subject.address} that is not known here, so nobody can say what it changes.`,
        remedy: 'Use a newer version of this action, or an older version of Terraform or OpenTofu.',
      });
  }
}

function only(...changes: readonly Change[]): ReadChange {
  return { ...nothing, changes };
}

function effectOf(effect: string | undefined): { readonly effect?: string } {
  return effect === undefined ? {} : { effect };
}

function readCreate(change: ResourceChange, subject: Subject, mask: Mask): Change {
  return { ...plainChange('create', subject), attributes: describeCreate(change, mask) };
}

function readForget(subject: Subject): Change {
  const guarded = allowKeyOf(subject.type, subject.name) !== undefined;
  return {
    ...plainChange('forget', subject),
    ...effectOf(guarded ? 'It stays as it is, but nothing manages it any more.' : undefined),
  };
}

function readUpdate(change: ResourceChange, subject: Subject, mask: Mask): ReadChange {
  const leaves = [...differingLeaves(change)];
  const rotation = findRotation(change, leaves);
  if (rotation === undefined) return describeUpdate(subject, leaves, mask);
  const rotated = describeRotation(change, subject, rotation, mask);
  if (rotation.others.length === 0) return rotated;
  const rest = describeUpdate(subject, rotation.others, mask);
  return {
    changes: [...rotated.changes, ...rest.changes],
    checks: rotated.checks,
    warnings: [...rotated.warnings, ...rest.warnings],
  };
}

function describeUpdate(subject: Subject, leaves: readonly Leaf[], mask: Mask): ReadChange {
  const hazards = findHazards(subject.type, leaves);
  const update = plainChange('update', subject);
  const { attributes, warnings } = listAttributes(subject, leaves, mask);
  const risk = raiseRisk(update.risk, hazards);
  const effect = hazards.length === 0 ? undefined : hazards.map(hazard => hazard.effect).join(' ');
  return { changes: [{ ...update, attributes, risk, ...effectOf(effect) }], checks: [], warnings };
}

function describeRotation(change: ResourceChange, subject: Subject, rotation: Rotation, mask: Mask): ReadChange {
  const name = showName(rotation.poolName, mask);
  const pool = { address: subject.address, type: poolType, name, title: titleOf(poolType, name) };
  const { attributes, warnings } = listAttributes(pool, rotation.leaves, mask);
  const rotated: Change = {
    ...plainChange('rotate', pool),
    // A default pool is a pool to people, and a part of the cluster to Terraform.
    type: change.type,
    reasons: rotationReasons(rotation.causes, mask),
    attributes,
    effect: 'Its nodes are drained and deleted one after another; pods on them restart elsewhere.',
  };
  return {
    changes: [rotated],
    checks: rotation.hasTemporaryName ? [] : [missingTemporaryName(pool)],
    warnings,
  };
}

function missingTemporaryName({ address, name, title }: Subject): Check {
  return {
    id: `temporary-name/${name}`,
    name: `${title} can be rotated`,
    status: 'blocked',
    message: `The plan calls it an update of \`${address}\`, but the apply would fail: to rotate ${title}, azurerm needs a name for the pool that stands in meanwhile.`,
    remedy: 'Set `temporary_name_for_rotation` of the pool.',
  };
}

function readReplace(change: ResourceChange, subject: Subject, mask: Mask): ReadChange {
  const leaves = replacedLeaves(change);
  const { attributes, warnings } = listAttributes(subject, leaves, mask);
  const replaced: Change = {
    ...plainChange('replace', subject),
    createBeforeDelete: change.actions[0] === 'create',
    reasons: replaceReasons(change, leaves, mask),
    attributes,
    ...effectOf(lossOf(subject.type)),
  };
  return { changes: [replaced], checks: [], warnings };
}
