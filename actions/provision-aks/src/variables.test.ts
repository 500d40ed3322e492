import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type TerraformRoot, terraformRoot, terraformVariables } from './variables.ts';
import { environmentView, sharedView } from './views.fixture.ts';

const network = '/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/spoke';

const existingView = {
  ...environmentView,
  logs: { existing: true as const, id: '/logs' },
  network: {
    existing: true as const,
    id: network,
    subnets: { compute: `${network}/subnets/nodes` },
    egress: { kind: 'load-balancer' as const },
  },
  registry: { existing: true as const, id: '/registry' },
};

describe('the variables of each root', () => {
  test.each([
    ['shared', sharedView],
    ['shared', { ...sharedView, logs: { existing: true as const, id: '/logs' } }],
    ['environment', environmentView],
    ['environment', existingView],
  ] as const)('%s: what is given is declared, and what is declared is given', (root, view) => {
    expect(terraformRoot(view)).toBe(root);
    const declared = declaredShapes(root);
    const given = terraformVariables(view);
    expect(Object.keys(given).sort()).toEqual([...declared.keys()].sort());
    for (const [name, value] of Object.entries(given)) {
      expect({ name, keys: shapeOf(value, declared.get(name)) }).toEqual({ name, keys: declared.get(name) });
    }
  });

  test('are plain JSON: nothing is lost on the way into the file', () => {
    for (const view of [sharedView, environmentView, existingView]) {
      const variables = terraformVariables(view);
      expect(JSON.parse(JSON.stringify(variables))).toEqual(variables);
    }
  });

  test('absent pools and features are null', () => {
    const { cluster } = environmentView;
    const bare = terraformVariables({
      ...environmentView,
      cluster: {
        ...cluster,
        pools: { ...cluster.pools, user: undefined, gpu: undefined },
        features: { ...cluster.features, secretsProvider: undefined, imageCleaner: undefined },
      },
    });
    expect(bare.pools.workers).toEqual({});
    expect(bare.cluster.features).toMatchObject({ secrets_provider: null, image_cleaner: null });
  });

  test("a hub's identity is told where the file has it", () => {
    const applications = {
      repository: 'contoso/gitops',
      branch: 'main',
      path: 'environments/dev',
      delivery: 'git',
      isAutomatic: true,
      hasRoot: false,
      project: 'contoso-dev-westeurope',
      argoNamespace: 'argocd',
      hub: { id: '/hub', subscription: 's', resourceGroup: 'g', name: 'aks-hub', clientId: undefined, objectId: 'o' },
      server: undefined,
      apps: [],
      setting: 'applications',
    } as const;
    expect(terraformVariables({ ...environmentView, applications }).hub_principal_id).toBe('o');
    expect(terraformVariables(environmentView).hub_principal_id).toBeNull();
  });

  test('an existing network gives its subnets, null where it names none', () => {
    expect(terraformVariables(existingView).network).toEqual({
      created: null,
      existing: {
        id: network,
        egress: 'load-balancer',
        subnet_ids: {
          dmz: null,
          compute: `${network}/subnets/nodes`,
          data: null,
          management: null,
          api_server: null,
        },
      },
    });
  });
});

describe('versions', () => {
  const withChannel = (channel: 'patch' | 'stable') => ({
    ...environmentView,
    cluster: { ...environmentView.cluster, upgrades: { cluster: channel, nodes: 'NodeImage' as const } },
  });

  test.each([
    ['a new cluster starts with the minor', 'patch', undefined, '1.35'],
    ['a patch that Azure moved to stays', 'patch', '1.35.4', '1.35.4'],
    ['the minor that was asked for stays', 'patch', '1.35', '1.35'],
    ['another minor is asked for', 'patch', '1.34.9', '1.35'],
    ['1.3 is no prefix of 1.35', 'patch', '1.3.5', '1.35'],
    ['where Azure chooses the minor, it stays', 'stable', '1.36.1', '1.36.1'],
    ['where Azure chooses the minor, a new cluster starts with ours', 'stable', undefined, '1.35'],
  ] as const)('%s', (_case, channel, held, expected) => {
    const versions = held === undefined ? undefined : { cluster: held, pools: { system: held } };
    const { cluster, pools } = terraformVariables(withChannel(channel), versions);
    expect([cluster.version, pools.system.version]).toEqual([expected, expected]);
  });

  test('a new pool starts with the version of its control plane', () => {
    const held = { cluster: '1.35.4', pools: { system: '1.35.2' } };
    const { pools } = terraformVariables(environmentView, held);
    expect([pools.system.version, pools.workers['user']?.version, pools.workers['gpu']?.version]).toEqual([
      '1.35.2',
      '1.35.4',
      '1.35.4',
    ]);
  });
});

type Shape = readonly string[];

/** The attribute paths of each variable's type, e.g. `created.name`; the keys of a map of objects are `*`. */
function declaredShapes(root: TerraformRoot): Map<string, Shape> {
  const text = readFileSync(new URL(`../terraform/${root}/variables.tf`, import.meta.url), 'utf8').replace(
    /#.*$/gm,
    '',
  );
  const shapes = new Map<string, Shape>();
  for (const block of text.split(/^variable /m).slice(1)) {
    const name = /^"(\w+)"/.exec(block)?.[1];
    const type = /^ {2}(type += (?:map\()?object\(\{$.*?^ {2}\}\)+|type += .*?)$/ms.exec(block)?.[1];
    if (name === undefined || type === undefined) throw new Error(`no type: ${block.slice(0, 80)}`);
    shapes.set(
      name,
      paths(type).map(path => path.replace(/^type\.?/, '')),
    );
  }
  return shapes;
}

function paths(type: string): Shape {
  const found: string[] = [];
  const open: string[][] = [];
  const tokens = /(\w+)\s*=\s*(?:optional\()?(?:(map)\()?(?:(object)\(\{|(\w+))|(\}\))/g;
  for (const [, key = '', map, object, , close] of type.matchAll(tokens)) {
    if (close !== undefined) open.pop();
    else if (object !== undefined) open.push(map === undefined ? [key] : [key, '*']);
    else found.push([...open.flat(), key].join('.'));
  }
  return found.sort();
}

/** The paths of a value; where it is null or an empty map, those that are declared below it count as given. */
function shapeOf(value: unknown, declared: Shape = [], prefix = ''): Shape {
  const at = (key: string) => (prefix === '' ? key : `${prefix}.${key}`);
  const below = declared.filter(path => prefix === '' || path.startsWith(`${prefix}.`));
  const isMap = below.length > 0 && below.every(path => path.startsWith(`${at('*')}.`));
  if (value === null && below.length > 0) return below;
  const leaf = typeof value !== 'object' || value === null || Array.isArray(value) || declared.includes(prefix);
  if (leaf) return [prefix];
  const entries = Object.entries(value);
  if (isMap && entries.length === 0) return below;
  const found = entries.flatMap(([key, item]) => shapeOf(item, declared, at(isMap ? '*' : key)));
  return [...new Set(found)].sort();
}

test('the parser sees nested, optional and inline objects, and maps of them', () => {
  expect(
    paths(
      'a = string\n b = optional(object({ c = bool, d = optional(object({ e = list(string) })) }))\n f = map(string)\n g = map(object({ h = bool }))',
    ),
  ).toEqual(['a', 'b.c', 'b.d.e', 'f', 'g.*.h']);
});
