import { type Body, list, text } from '../body.ts';
import { offerOf } from '../compute/offers.ts';
import { quotasOf, regionalCores, usageOf } from '../compute/quota.ts';
import { ephemeralBytes } from '../compute/vm-catalogue.ts';
import type { ArmContext } from '../type.ts';
import { aksRefusal, unsupportedVersion, versionsIncompatible } from './aks-refusals.ts';
import { compareVersions, minorNumber, resolveVersion } from './kubernetes-versions.ts';

/** What a pool is judged by: the pool as it would be, and the cluster that it is in. */
export interface PoolProposal {
  readonly context: ArmContext;
  readonly id: string;
  readonly name: string;
  readonly subscription: string;
  readonly location: string;
  /** Version of the control plane, a minor or a full one. */
  readonly controlPlane: string;
  readonly pool: Readonly<Body>;
  readonly count: number;
  readonly isNew: boolean;
  /** Whether the request names the pool's version anew. */
  readonly versionChanges: boolean;
}

/** Refuses by throwing what AKS refuses before it makes a single node. */
export function judgePool(proposal: PoolProposal): void {
  if (proposal.versionChanges) judgeVersion(proposal);
  if (proposal.isNew) {
    judgeName(proposal);
    judgePriority(proposal);
    judgeSize(proposal);
  }
  judgeQuota(proposal);
}

function judgeName({ name, pool }: PoolProposal): void {
  const isWindows = pool['osType'] === 'Windows';
  if ((isWindows ? /^[a-z][a-z0-9]{0,5}$/ : /^[a-z][a-z0-9]{0,11}$/).test(name)) return;
  throw aksRefusal(
    400,
    'InvalidParameter',
    `The value of parameter agentPoolProfile.name is invalid. Error details: The agent pool name should start with a lowercase letter, have max length of ${isWindows ? 6 : 12}, and only have characters a-z0-9. Please see https://aka.ms/aks-naming-rules for more details.`,
  );
}

/** Oldest pool that a control plane still works with: the skew policy of Kubernetes since 1.28. */
const oldestSkew = 3;

function judgeVersion({ context, pool, controlPlane }: PoolProposal): void {
  const { versions } = context.conditions;
  const asked = text(pool['orchestratorVersion']);
  if (asked === undefined) return;
  const version = resolveVersion(versions, asked);
  if (version === undefined) throw unsupportedVersion(asked);
  judgeSkew(version, resolveVersion(versions, controlPlane) ?? controlPlane);
}

/** Both are full versions. */
export function judgeSkew(pool: string, controlPlane: string): void {
  const [inside, around] = [minorNumber(pool), minorNumber(controlPlane)];
  const why =
    inside > around
      ? `Minor version of node pool version ${inside} is bigger than control plane version ${around}.`
      : inside < around - oldestSkew
        ? `Minor version of node pool version ${inside} is more than ${oldestSkew} versions less than control plane version ${around}.`
        : inside === around && compareVersions(pool, controlPlane) > 0
          ? 'Patch version of node pool is bigger than that of the control plane.'
          : undefined;
  if (why !== undefined) throw versionsIncompatible(pool, controlPlane, why);
}

function judgePriority({ pool }: PoolProposal): void {
  if (pool['scaleSetPriority'] !== 'Spot' || pool['mode'] !== 'System') return;
  throw aksRefusal(
    400,
    'InvalidParameter',
    'The value of parameter agentPoolProfile.scaleSetPriority is invalid. Error details: A spot node pool cannot be a system node pool.',
  );
}

function judgeSize({ context, pool, subscription, location, name }: PoolProposal): void {
  const sizeName = String(pool['vmSize'] ?? '');
  const offer = offerOf(context.conditions, subscription, location, sizeName);
  if (offer === undefined || !offer.isOffered) {
    throw aksRefusal(
      400,
      'BadRequest',
      `The VM size of ${sizeName} is not allowed in your subscription in location '${location}'. For more details, please visit https://aka.ms/cpu-quota`,
    );
  }
  const missing = list(pool['availabilityZones'])
    .map(String)
    .filter(zone => !offer.zones.includes(zone));
  if (missing.length > 0) {
    throw aksRefusal(
      400,
      'AvailabilityZoneNotSupported',
      `The zone(s) ${missing.map(zone => `'${zone}'`).join(', ')} for resource '${name}' is not supported. The supported zones for location '${location}' are ${offer.zones.map(zone => `'${zone}'`).join(', ')}`,
    );
  }
  if (pool['enableEncryptionAtHost'] === true && !isEncryptionRegistered(context, subscription)) {
    throw aksRefusal(
      400,
      'InvalidParameter',
      "The property 'securityProfile.encryptionAtHost' is not valid because the 'Microsoft.Compute/EncryptionAtHost' feature is not enabled for this subscription.",
    );
  }
  if (pool['osDiskType'] !== 'Ephemeral') return;
  const wanted = Number(pool['osDiskSizeGB'] ?? 128) * 1024 ** 3;
  const room = ephemeralBytes(offer.size);
  if (room < wanted) {
    throw aksRefusal(
      400,
      'VMCacheSizeTooSmall',
      `The virtual machine size ${sizeName} has a cache size of ${room} bytes, but the OS disk requires ${wanted} bytes. Use a VM size with larger cache or disable ephemeral OS.`,
    );
  }
}

function isEncryptionRegistered({ conditions }: ArmContext, subscription: string): boolean {
  const state = conditions.features.get(`${subscription}/microsoft.compute/encryptionathost`.toLowerCase());
  return (state ?? 'Registered') === 'Registered';
}

function judgeQuota({ context, id, pool, subscription, location, count }: PoolProposal): void {
  const size = offerOf(context.conditions, subscription, location, String(pool['vmSize'] ?? ''))?.size;
  if (size === undefined) return;
  const requested = count * size.cores;
  for (const name of quotasOf(size.family, pool['scaleSetPriority'] === 'Spot')) {
    const { limit, used } = usageOf(context, subscription, location, name, id);
    const remaining = Math.max(0, limit - used);
    if (requested <= remaining) continue;
    throw aksRefusal(
      400,
      'ErrCode_InsufficientVCPUQuota',
      name === regionalCores
        ? `Insufficient regional vcpu quota left for location ${location}. left regional vcpu quota ${remaining}, requested quota ${requested}.`
        : `Insufficient vcpu quota requested ${requested}, remaining ${remaining} for family ${name} for region ${location}.`,
    );
  }
}
