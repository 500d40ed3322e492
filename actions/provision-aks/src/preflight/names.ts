import type { Check } from '@suite/change-report';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import { creates, type Planned } from './planned.ts';
import type { Answer, DeletedVault, NameAnswer, NamedService } from './ports.ts';

/** A name that has to be free in all of Azure. */
export interface NameNeed {
  readonly service: NamedService;
  readonly name: string;
  /** What people call the thing: `registry`. */
  readonly what: string;
  /** Terraform's type. */
  readonly type: string;
  /** ARM id that it gets. */
  readonly id: string;
  readonly setting: string;
}

export interface NameFacts {
  readonly need: NameNeed;
  readonly name: Answer<NameAnswer>;
  /** Whether it is there, in our own group. */
  readonly own: Answer<boolean>;
  /** Only of vaults. */
  readonly deleted: Answer<DeletedVault | undefined>;
}

const topic: Topic = { id: 'names', name: 'Names are free' };

/** Only of what is made: what is there already has its name. */
export function judgeNames(
  facts: readonly NameFacts[],
  location: string,
  subscription: string,
  planned: Planned,
): readonly Check[] {
  const made = facts.filter(({ need }) => creates(planned, need.type));
  const checks = made.flatMap(fact => judgeName(fact, location, subscription));
  const open = openQuestions(
    topic,
    made.flatMap(({ name, own, deleted }) => [name, own, deleted]),
  );
  if (facts.length === 0) return [];
  return orPassed(topic, [...checks, ...open], 'All names are free or already ours.');
}

function judgeName({ need, name, own, deleted }: NameFacts, location: string, subscription: string): Check[] {
  const { what, setting } = need;
  if (deleted.known && deleted.value !== undefined) {
    return judgeDeleted(need, deleted.value, location, subscription);
  }
  // One that exists in our group is the state's concern.
  if (!name.known || name.value.available || (own.known && own.value)) return [];
  const { reason, message } = name.value;
  const text =
    reason === 'AlreadyExists'
      ? `The name \`${need.name}\` of the ${what} belongs to somebody else in Azure.`
      : `Azure does not take the name \`${need.name}\` of the ${what}: ${message === '' ? reason : message}`;
  const remedy = `The name comes from the platform's \`name\`, the environment, the subscription and the region: change one of them, or use the ${what} that there is under \`existing\`.`;
  return [finding(topic, 'blocked', text, { remedy, setting }, need.service)];
}

/** azurerm brings a deleted vault back where it was (`recover_soft_deleted_key_vaults`), but in no other group. */
function judgeDeleted(need: NameNeed, vault: DeletedVault, location: string, subscription: string): Check[] {
  const until = vault.purgedAt === undefined ? '' : ` until ${vault.purgedAt.slice(0, 10)}`;
  const at = `--name ${need.name} --location ${location} --subscription ${subscription}`;
  if (vault.id.toLowerCase() === need.id.toLowerCase()) {
    return [
      finding(
        topic,
        'warning',
        `The vault \`${need.name}\` was deleted and is kept${until}: the apply brings it back with everything in it.`,
        {
          remedy: vault.purgeProtection
            ? 'It has purge protection, so it cannot be removed before.'
            : `For an empty one, remove it first: \`az keyvault purge ${at}\`.`,
          setting: need.setting,
        },
        need.service,
      ),
    ];
  }
  return [
    finding(
      topic,
      'blocked',
      `The name \`${need.name}\` belongs to a vault that was deleted and is kept${until}: ${vault.id}.`,
      {
        remedy: vault.purgeProtection
          ? `It has purge protection: bring it back with \`az keyvault recover ${at}\` and use it under \`existing\`, or change the platform's \`name\`.`
          : `If nobody needs it, remove it with \`az keyvault purge ${at}\`; else bring it back with \`az keyvault recover ${at}\` and use it under \`existing\`.`,
        setting: need.setting,
      },
      need.service,
    ),
  ];
}
