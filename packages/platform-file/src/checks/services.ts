import type { Path } from '../position.ts';
import { isHostedRunner } from '../runners.ts';
import type { Checker } from './checker.ts';

/** Registry, vault, storage, database, backup: what Azure takes, and what contradicts itself. */
export function checkServices(checker: Checker): void {
  checkRegistry(checker);
  checkVault(checker);
  checkStorage(checker);
  checkDatabase(checker);
  checkBackup(checker);
  checkClosed(checker);
}

function checkRange({ report }: Checker, setting: Path, what: string, days: number, least: number, most: number): void {
  if (days < least || days > most) report(setting, `${what} for ${days} days.`, `Use ${least}d to ${most}d.`);
}

function checkRegistry(checker: Checker): void {
  const { registry, region, scope } = checker.view;
  if (registry.existing) return;
  if (registry.retentionDays !== undefined) {
    checkRange(
      checker,
      ['registry', 'retention'],
      'A registry cannot keep untagged images',
      registry.retentionDays,
      1,
      365,
    );
  }
  if (registry.replicas.includes(region)) {
    checker.report(
      ['registry', 'replicas'],
      `The registry of \`${scope}\` is in ${region} already.`,
      'Name other locations.',
    );
  }
}

function checkVault({ view, report, saidBy }: Checker): void {
  const { vault } = view;
  if (!vault.existing) return;
  const isSaid = (setting: Path) => ['region', 'environment'].includes(saidBy(setting) ?? '');
  if (!vault.shared && isSaid(['key-vault'])) {
    report(
      ['key-vault'],
      'A vault that exists has its settings already.',
      'Remove `key-vault`, or `existing.key-vault`.',
    );
  } else if (isSaid(['key-vault', 'public-access'])) {
    report(
      ['key-vault', 'public-access'],
      `\`${view.scope}\` uses the shared vault.`,
      'Set `shared.key-vault.public-access`, or `key-vault.own: true` here.',
    );
  }
}

function checkStorage(checker: Checker): void {
  const { storage, network } = checker.view;
  if (storage === undefined) {
    if (network.existing || network.flowLogs === undefined) return;
    checker.report(
      ['network', 'flow-logs'],
      'Flow logs lie in the storage account, and there is none.',
      'Remove `storage: false`, or the flow logs.',
    );
    return;
  }
  checkRange(checker, ['storage', 'soft-delete'], 'Deleted blobs cannot be kept', storage.softDeleteDays, 1, 365);
}

function checkDatabase(checker: Checker): void {
  const { database, scope } = checker.view;
  if (database === undefined) return;
  checkRange(checker, ['database', 'backup'], 'A database cannot keep backups', database.backupDays, 7, 35);
  if (database.highAvailability && database.size.startsWith('B_')) {
    checker.report(
      ['database', 'high-availability'],
      `\`${database.size}\` is burstable and has no high availability, which \`${scope}\` asks for.`,
      'Use a size that begins with GP_ or MO_, or `high-availability: false`.',
    );
  }
}

function checkBackup(checker: Checker): void {
  const { backup, storage, cluster } = checker.view;
  if (backup === undefined) return;
  checkRange(checker, ['backup', 'retention'], 'Backups cannot be kept', backup.retentionDays, 1, 360);
  if (storage === undefined) {
    checker.report(
      ['backup'],
      'Backups lie in the storage account, and there is none.',
      'Remove `storage: false`, or set `backup: false`.',
    );
  }
  if (!cluster.features.csi.disk || !cluster.features.csi.snapshot) {
    checker.report(
      ['cluster', 'features', 'csi'],
      'Backup takes snapshots of disks.',
      'Switch the drivers `disk` and `snapshot` on, or set `backup: false`.',
    );
  }
}

/** What is closed to the Internet has to be reachable some other way: for nodes, and for the runner that writes to it. */
function checkClosed({ view, report, isSound }: Checker): void {
  const { registry, vault, storage, database, cache, privateLink, runner, scope } = view;
  const closed: readonly (readonly [setting: Path, what: string, isClosed: boolean])[] = [
    [['registry', 'public-access'], 'The registry', !registry.existing && !registry.publicAccess],
    [['key-vault', 'public-access'], 'The vault', !vault.existing && !vault.publicAccess],
    [['storage', 'public-access'], 'The storage account', storage?.publicAccess === false],
    [['database'], 'The database', database !== undefined],
    [['cache'], 'The cache', cache !== undefined],
  ];
  for (const [setting, what, isClosed] of closed) {
    if (!isClosed || privateLink !== undefined || !isSound(['existing'])) continue;
    report(
      setting,
      `${what} of \`${scope}\` is reached through its network only, which names no subnet for private endpoints.`,
      'Name one under `existing.network.subnets.data`, or open it.',
    );
  }
  if (!registry.existing && !registry.publicAccess && isHostedRunner(runner) && !view.cluster.private) {
    report(
      ['registry', 'public-access'],
      `The registry of \`${scope}\` is closed, and the runner \`${runner}\` cannot reach it.`,
      'Name a runner inside of its network, such as `runner: my-runners`, or set `registry.public-access: true`.',
    );
  }
}
