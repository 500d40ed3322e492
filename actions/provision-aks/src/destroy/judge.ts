import { type Change, type Check, judgeAllowance } from '@suite/change-report';
import { count, sentenceList } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { PlanContent } from '@suite/terraform';
import type { JudgedPlan } from '../plan.ts';
import { holdsData, isUnknownData } from './selection.ts';
import type { Surroundings } from './surroundings.ts';

const shown = 10;

/** What is to be thought of a plan that destroys. Pure. */
export function judgeDestroy(
  view: ScopeView,
  platformFile: string,
  content: PlanContent,
  digest: string,
  around: Surroundings,
): JudgedPlan {
  const { changes } = content;
  // Whoever lets the cluster go lets go what it stands on.
  const guarded = changes.filter(change => change.allowKey === 'cluster' || holdsData(change));
  const checks: Check[] = [
    ...otherChanges(content),
    ...judgeAllowance(guarded, view.allow, { scope: view.scope, platformFile }),
    ...unknownChecks(changes),
    ...strangerChecks(around, changes),
    ...lockChecks(around, view),
    ...purgeChecks(changes),
  ];
  const blocked = checks.some(({ status }) => status === 'blocked');
  return {
    // That something was left out is the point of it, and said elsewhere.
    content: { ...content, drift: [], warnings: content.warnings.filter(warning => !warning.includes('-target')) },
    digest,
    checks,
    verdict: blocked ? 'blocked' : content.applyable && changes.length > 0 ? 'changes' : 'no-changes',
  };
}

function otherChanges({ changes, mode }: PlanContent): Check[] {
  const others = changes.filter(({ kind }) => kind !== 'delete' && kind !== 'forget');
  if (others.length === 0 && mode !== 'build') return [];
  const also =
    others.length === 0 ? '' : ` also changes ${sentenceList(others.slice(0, 3).map(({ title }) => title))}: it`;
  return [
    {
      id: 'destroy/only',
      name: 'The plan does nothing but destroy',
      status: 'blocked',
      message: `This plan${also} was not made to destroy.`,
      remedy: 'Plan with `destroy: true`, and give the outputs of that plan.',
    },
  ];
}

/** What nobody can name under `allow:`, nobody has said may be lost. */
function unknownChecks(changes: readonly Change[]): Check[] {
  return changes.filter(isUnknownData).map(({ title, address }) => ({
    id: `destroy/unknown/${address}`,
    name: `What ${title} holds is known`,
    status: 'blocked',
    message: `${title} (\`${address}\`) is of a type that this action does not know: it may hold data, and no key of \`allow:\` stands for it.`,
    remedy:
      'Delete or move it first, in a change of its own whose plan names it, or use a version of this suite that knows it. Then plan again.',
  }));
}

/** azurerm waits for a group to become empty, and Azure never empties it. */
function strangerChecks({ strangers }: Surroundings, changes: readonly Change[]): Check[] {
  const about = { id: 'destroy/strangers', name: 'Nothing unknown lies in a resource group that goes' };
  if (strangers === undefined) {
    return [
      {
        ...about,
        status: 'blocked',
        message: 'What lies in the resource group could not be read, and the destroy would wait for it without an end.',
        remedy: 'Give the identity the right to read the resource group.',
      },
    ];
  }
  if (strangers.length === 0 || !changes.some(({ type }) => type === 'azurerm_resource_group')) return [];
  const ids = strangers.slice(0, shown).map(id => `\`${id}\``);
  if (strangers.length > shown) ids.push(`${strangers.length - shown} more`);
  return [
    {
      ...about,
      status: 'blocked',
      message: `The resource group also holds ${count(strangers.length, 'resource')} that the state does not know, and the destroy would wait without an end for it to become empty: ${sentenceList(ids)}.`,
      remedy: `Move what is somebody else's; remove what a dead run left with \`az resource delete --ids ${strangers.slice(0, shown).join(' ')}\`, or adopt it. Then plan again.`,
    },
  ];
}

function lockChecks({ locks }: Surroundings, view: ScopeView): Check[] {
  const about = { id: 'destroy/locks', name: 'Nothing that goes is locked' };
  if (locks === undefined) {
    return [
      {
        ...about,
        status: 'unknown',
        message: 'Whether a management lock protects something that goes could not be read.',
        remedy: 'Give the identity the right to read locks (`Microsoft.Authorization/locks/read`).',
      },
    ];
  }
  return locks.length === 0 ? [] : [{ ...about, status: 'blocked', ...describeLocks(locks, view) }];
}

function describeLocks(
  locks: readonly string[],
  view: ScopeView,
): { readonly message: string; readonly remedy: string } {
  const ids = sentenceList(locks.slice(0, shown).map(id => `\`${id}\``));
  const isOurs = view.kind === 'environment' && view.protect && locks.every(id => id.endsWith('/do-not-delete'));
  return {
    message: `A management lock keeps Azure from deleting what goes, and everything below it: ${ids}.`,
    remedy: isOurs
      ? `\`protect\` made it. It stays with what it protects, and holds for all below that, such as role assignments. Set \`protect: false\` for ${view.scope}, apply that, then destroy.`
      : `Ask who made it. Once it may go: \`az lock delete --ids ${locks.slice(0, shown).join(' ')}\`, then plan again.`,
  };
}

/** What Azure keeps after a deletion, and for how long its name is taken. */
const kept: Readonly<Record<string, string>> = {
  azurerm_key_vault:
    'It has purge protection: Azure keeps it for 90 days, or what its retention says, where nobody can purge it, and its name stays taken. The next apply of the same name recovers it with everything in it.',
  azurerm_data_protection_backup_vault:
    'Azure keeps deleted backups for the time of its soft delete, and does not delete a vault that still holds some: the destroy may have to be run again after it.',
};

function purgeChecks(changes: readonly Change[]): Check[] {
  return changes.flatMap(({ type, title, kind }): Check[] => {
    const message = Object.hasOwn(kept, type) ? kept[type] : undefined;
    if (message === undefined || kind !== 'delete') return [];
    return [
      {
        id: `destroy/kept/${title}`,
        name: `What becomes of ${title}`,
        status: 'warning',
        message: `${title}: ${message}`,
      },
    ];
  });
}
