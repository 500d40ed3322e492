import { describe, expect, test } from '@jest/globals';
import { parsePlatform, resolveUnlocked } from './index.ts';
import { problemsOf } from './testing/index.ts';

/** From line 4 on: `shared`, `environments`, dev on line 6, prod on line 7. */
function file(cloud: string, locations: readonly [shared: string, dev: string, prod: string], dev = ''): string {
  const [shared, first, second] = locations;
  return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111${cloud === '' ? '' : `\ncloud: ${cloud}`}
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: ${shared} }
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: ${first}, gateway: false${dev} }
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: ${second}, gateway: false, runner: inside }
`;
}
const virginia = ['usgovvirginia', 'usgovvirginia', 'usgovarizona'] as const;
const problems = (text: string) => problemsOf(() => parsePlatform(text, 'p.yaml'));

test.each([
  ['', ['westeurope', 'westeurope', 'northeurope'], 'public'],
  ['usgovernment', virginia, 'usgovernment'],
  ['usgovernment', ['usdodeast', 'usdodeast', 'usdodcentral'], 'usgovernment'],
  ['china', ['chinanorth3', 'chinanorth3', 'chinaeast2'], 'china'],
] as const)('`cloud: %s` with %j is the cloud %s in every scope', (cloud, locations, expected) => {
  const views = resolveUnlocked(parsePlatform(file(cloud, locations), 'p.yaml'));
  expect(views.map(view => view.cloud)).toEqual([expected, expected, expected]);
});

describe('what contradicts the cloud is refused in one message', () => {
  test.each<[string, string, string[]]>([
    [
      'a cloud that nobody says',
      file('', virginia),
      [
        'p.yaml:4:73: usgovvirginia and usgovarizona are not in the cloud `public`. Set `cloud: usgovernment` at the top of the file, or use locations of `public`.',
      ],
    ],
    [
      'one location of another cloud',
      file('usgovernment', ['usgovvirginia', 'usgovvirginia', 'chinanorth3']),
      [
        'p.yaml:8:73: chinanorth3 is not in the cloud `usgovernment`. Use locations of `usgovernment`: a platform is in one cloud.',
      ],
    ],
    [
      "a cloud by another one's name: nothing else is said of it",
      file('AzureUSGovernment', virginia),
      ['p.yaml:4:8: `cloud` is `AzureUSGovernment`. Did you mean `usgovernment`?'],
    ],
    [
      'a cache without a zone for its name',
      file('usgovernment', virginia, ', cache: true'),
      [
        'p.yaml:7:110: The cloud `usgovernment` has no private DNS zone of its own for a cache. Name yours in `existing.private-dns-zones.cache`, or set `cache: false`.',
      ],
    ],
    [
      'artifacts of MLflow, whose chart knows the public cloud alone',
      file('usgovernment', virginia, ', releases: { mlflow: { artifacts: blob } }'),
      [
        'p.yaml:7:136: The chart of MLflow knows storage accounts of the public cloud alone, and this is `usgovernment`. Say `artifacts: cluster`.',
      ],
    ],
  ])('%s', (_name, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });
});
