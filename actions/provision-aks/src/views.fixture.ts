import {
  type EnvironmentScope,
  listScopes,
  parseLock,
  parsePlatform,
  resolveScope,
  type SharedScope,
} from '@suite/platform-file';

/**
 * Resolved views for tests: what a small platform file says, with the guide's defaults for everything else. `dev` is the
 * first environment, `prod` has every option that costs nothing more to write down.
 */
const platform = parsePlatform(
  `
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
domain: platform.contoso.com
shared:
  subscription: 22222222-2222-2222-2222-222222222222
  location: westeurope
defaults:
  admins: [66666666-6666-6666-6666-666666666666]
  cluster: { features: { defender-plan: true } }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    location: westeurope
  prod:
    subscription: 55555555-5555-5555-5555-555555555555
    location: westeurope
    runner: aks-prod-runners
    network: { bastion: true, flow-logs: true }
    registry: { replicas: [northeurope], retention: 30d }
    cluster:
      vnet-integration: true
      disk-encryption:
        key: https://kv-keys.vault.azure.net/keys/disks
        vault: /subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-keys
      features: { prometheus: true }
    database: true
    cache: true
    budget: { amount: 5000, notify: [costs@contoso.com] }
    alerts: { email: [oncall@contoso.com], webhook: ['https://alerts.contoso.com/azure'] }
`,
  'platform.yaml',
);

const client = (digit: number) => `0a000000-0000-4000-8000-00000000000${digit}`;
const lock = parseLock(
  JSON.stringify({
    version: 1,
    scopes: Object.fromEntries(
      listScopes(platform).map(({ scope, region }) => [
        scope,
        {
          [region]: {
            identities: { plan: client(1), apply: client(2) },
            state: { account: 'stcontoso', container: 'state' },
          },
        },
      ]),
    ),
  }),
  'platform.lock.yaml',
);

export const sharedView: SharedScope = ofKind('shared', 'shared');
export const environmentView: EnvironmentScope = ofKind('environment', 'dev');
export const productionView: EnvironmentScope = ofKind('environment', 'prod');

function ofKind<Kind extends 'shared' | 'environment'>(
  kind: Kind,
  scope: string,
): Extract<ReturnType<typeof resolveScope>, { kind: Kind }>;
function ofKind(kind: string, scope: string) {
  const view = resolveScope(platform, lock, { scope });
  if (view.kind !== kind) throw new Error(`${scope} is no ${kind}`);
  return view;
}
