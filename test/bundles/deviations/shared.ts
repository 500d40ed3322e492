import { vaultDeviations } from './data.ts';
import { type Batch, gone, properties } from './deviation.ts';
import { lock, logsOfSharedVault } from './operations.ts';
import { ids } from './platform.ts';

const lockOfLogs = lock('the log workspace', ids.logs);
const lockOfZone = lock('the DNS zone', `${ids.sharedZone}/SOA/@`);

export const sharedBatches: readonly Batch[] = [
  {
    scope: 'shared',
    name: 'what environments share',
    deviations: [
      ...properties('Log workspace', ids.logs, [
        ['retention in days', 'retentionInDays', 7, 30],
        ['access by keys off', 'features.disableLocalAuth', false, true],
      ]),
      ...vaultDeviations(ids.sharedVault, false),
      ...logsOfSharedVault.changed,
      ...lockOfLogs.changed,
      ...lockOfZone.changed,
    ],
  },
  {
    scope: 'shared',
    name: 'what environments share is gone',
    deviations: [
      gone('Log workspace', ids.logs, lockOfLogs.gone),
      gone('DNS zone platform.contoso.com', ids.sharedZone, lockOfZone.gone),
      gone('Key vault', ids.sharedVault, logsOfSharedVault.gone),
    ],
  },
];
