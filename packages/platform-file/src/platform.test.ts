import { expect, test } from '@jest/globals';
import { locateSetting, parsePlatform } from './index.ts';

const platform = parsePlatform(
  `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared:
  subscription: 22222222-2222-2222-2222-222222222222
  location: westeurope
  logs: { retention: 60d }
defaults:
  cluster:
    version: "1.35"
    pools:
      gpu: false
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  prod:
    subscription: 55555555-5555-5555-5555-555555555555
    runner: inside
    cluster: { tier: standard }
    regions:
      westeurope:
        cluster:
          pools:
            user:
              max: 9
      northeurope:
`,
  'p.yaml',
);

test.each([
  ['prod', 'westeurope', 'cluster.pools.user.max', 24, 15],
  ['prod', 'northeurope', 'cluster.tier', 18, 16],
  ['dev', 'westeurope', 'cluster.version', 10, 5],
  // The innermost thing that decides it: a pool that is off has no size.
  ['dev', 'westeurope', 'cluster.pools.gpu.size', 12, 7],
  ['dev', 'westeurope', 'registry.public-access', 14, 3],
  ['shared', 'westeurope', 'logs.retention', 7, 22],
  ['shared', 'westeurope', 'tags', 4, 1],
])('%s in %s: %s', (scope, region, setting, line, column) => {
  const found = locateSetting(platform, { scope, region }, setting.split('.'));
  expect({ line: found.line, column: found.column }).toEqual({ line, column });
});
