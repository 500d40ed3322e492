import { randomUUID } from 'node:crypto';

/** A lease on a blob. A blob remembers the last one: "lost" and "never held" are different refusals. */
export interface Lease {
  readonly id: string;
  /** Seconds, or -1 for ever. */
  readonly duration: number;
  /** Milliseconds since 1970; Infinity for ever. */
  readonly until: number;
  /** How it ended, if it did before its time. */
  readonly ended?: 'released' | 'broken';
}

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type LeaseState = 'available' | 'leased' | 'expired' | 'broken';

export function leaseState(lease: Lease | undefined, now: number): LeaseState {
  if (lease === undefined || lease.ended === 'released') return 'available';
  if (lease.ended === 'broken') return 'broken';
  return now < lease.until ? 'leased' : 'expired';
}

/** Whether an operation with (or without) a lease id may use a blob. Reads need no id, but a wrong one is refused. */
export function judgeUse(
  lease: Lease | undefined,
  now: number,
  id: string | undefined,
  writes: boolean,
): Refusal | undefined {
  const state = leaseState(lease, now);
  if (id === undefined) return state === 'leased' && writes ? refusals.missing : undefined;
  if (state === 'leased') return sameId(lease, id) ? undefined : refusals.mismatch;
  return sameId(lease, id) ? refusals.lost : refusals.notPresent;
}

export type LeaseAction =
  | { readonly kind: 'acquire'; readonly duration: number; readonly proposedId: string | undefined }
  | { readonly kind: 'renew' | 'release'; readonly id: string | undefined }
  | { readonly kind: 'change'; readonly id: string | undefined; readonly proposedId: string | undefined }
  | { readonly kind: 'break' };

/** What a lease request leads to: the lease as it stands afterwards, or Azure's refusal. */
export function changeLease(
  lease: Lease | undefined,
  now: number,
  action: LeaseAction,
): { readonly status: number; readonly lease: Lease } | { readonly refusal: Refusal } {
  const isHeld = leaseState(lease, now) === 'leased';
  switch (action.kind) {
    case 'acquire': {
      const isHolder = action.proposedId !== undefined && sameId(lease, action.proposedId);
      if (isHeld && !isHolder) return { refusal: refusals.alreadyPresent };
      const { duration } = action;
      if (duration !== -1 && !(duration >= 15 && duration <= 60)) return { refusal: refusals.badDuration };
      const id = action.proposedId ?? randomUUID();
      return {
        status: 201,
        lease: { id, duration, until: duration < 0 ? Number.POSITIVE_INFINITY : now + duration * 1000 },
      };
    }
    case 'renew': {
      const refusal = judgeHolder(lease, action.id);
      if (lease === undefined || refusal !== undefined) return { refusal: refusal ?? refusals.notPresentForLease };
      if (lease.ended !== undefined) return { refusal: refusals.alreadyEnded };
      const until = lease.duration < 0 ? Number.POSITIVE_INFINITY : now + lease.duration * 1000;
      return { status: 200, lease: { ...lease, until } };
    }
    case 'release': {
      const refusal = judgeHolder(lease, action.id);
      if (lease === undefined || refusal !== undefined) return { refusal: refusal ?? refusals.notPresentForLease };
      return { status: 200, lease: { ...lease, ended: 'released' } };
    }
    case 'change': {
      if (lease === undefined || !isHeld) return { refusal: refusals.notPresentForLease };
      const isKnown = sameId(lease, action.id) || sameId(lease, action.proposedId);
      if (!isKnown || action.proposedId === undefined) return { refusal: refusals.mismatchForLease };
      return { status: 200, lease: { ...lease, id: action.proposedId } };
    }
    case 'break': {
      if (lease === undefined || lease.ended === 'released') return { refusal: refusals.notPresentForLease };
      return { status: 202, lease: { ...lease, ended: 'broken' } };
    }
  }
}

function judgeHolder(lease: Lease | undefined, id: string | undefined): Refusal | undefined {
  if (lease === undefined) return refusals.notPresentForLease;
  return sameId(lease, id) ? undefined : refusals.mismatchForLease;
}

function sameId(lease: Lease | undefined, id: string | undefined): boolean {
  return lease !== undefined && id !== undefined && lease.id.toLowerCase() === id.toLowerCase();
}

const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** Codes and sentences of the Blob service (Microsoft Learn, "Blob service error codes"). */
const refusals = {
  missing: refuse(
    412,
    'LeaseIdMissing',
    'There is currently a lease on the blob and no lease ID was specified in the request.',
  ),
  mismatch: refuse(
    412,
    'LeaseIdMismatchWithBlobOperation',
    'The lease ID specified did not match the lease ID for the blob.',
  ),
  lost: refuse(412, 'LeaseLost', 'A lease ID was specified, but the lease for the blob has expired.'),
  notPresent: refuse(412, 'LeaseNotPresentWithBlobOperation', 'There is currently no lease on the blob.'),
  alreadyPresent: refuse(409, 'LeaseAlreadyPresent', 'There is already a lease present.'),
  mismatchForLease: refuse(
    409,
    'LeaseIdMismatchWithLeaseOperation',
    'The lease ID specified did not match the lease ID for the blob.',
  ),
  notPresentForLease: refuse(409, 'LeaseNotPresentWithLeaseOperation', 'There is currently no lease on the blob.'),
  alreadyEnded: refuse(
    409,
    'LeaseIsBrokenAndCannotBeRenewed',
    'The lease ID matched, but the lease has been broken explicitly and cannot be renewed.',
  ),
  badDuration: refuse(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.'),
};
