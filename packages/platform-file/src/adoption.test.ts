import { describe, expect, test } from '@jest/globals';
import { parsePlatform, poolInstances, renderSettings, resolveEnvironment, writeSettings } from './index.ts';
import { problemsOf } from './testing/index.ts';

const head = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
`;
const subscription = '33333333-3333-3333-3333-333333333333';
const prod = `  prod: { subscription: ${subscription}, location: westeurope, runner: inside }\n`;
const withDev = (settings: string) => `${head}  dev: { subscription: ${subscription}, ${settings} }\n${prod}`;
const dev = (settings: string, region = 'westeurope') =>
  resolveEnvironment(parsePlatform(withDev(settings), 'p.yaml').source, 'dev', region);
const problems = (settings: string) => problemsOf(() => parsePlatform(withDev(settings), 'p.yaml'));

describe('names of what another tool has made', () => {
  test('take the place of ours, and what belongs to the cluster is called after it', () => {
    const view = dev('location: westeurope, names: { resource-group: rg-shop, cluster: shop-k8s }');
    expect(view).toMatchObject({
      resourceGroup: 'rg-shop',
      cluster: {
        name: 'shop-k8s',
        dnsPrefix: 'shop-k8s',
        nodeResourceGroup: 'rg-shop-nodes',
        identity: 'id-shop-k8s',
        roleAssignments: {},
      },
    });
  });

  test('stand below a region where there are several', () => {
    const names = 'names: { cluster: shop-k8s }';
    const view = dev(`regions: { westeurope: { ${names} }, northeurope: }`);
    expect(view.cluster.name).toBe('shop-k8s');
    expect(dev(`regions: { westeurope: { ${names} }, northeurope: }`, 'northeurope').cluster.name).toBe(
      'aks-contoso-dev-northeurope',
    );
    expect(problems(`${names}, regions: { westeurope: , northeurope: }`)).toEqual([
      expect.stringMatching(/`environments.dev` has 2 regions, which cannot share names\. Write them below the region/),
    ]);
  });

  test('of pools keep what a pool is for, its color and its zones', () => {
    const { cluster } = dev(
      'location: westeurope, cluster: { pools: { system: { name: nodepool1 }, user: { name: apps, per-zone: true, zones: [1, 2], color: green }, gpu: { name: gpus } } }',
    );
    expect(cluster.pools.system.name).toBe('nodepool1');
    expect(poolInstances(cluster).map(({ key, name }) => [key, name])).toEqual([
      ['usergreen1', 'appsgreen1'],
      ['usergreen2', 'appsgreen2'],
      ['gpu', 'gpus'],
    ]);
  });

  test.each<[string, string, RegExp]>([
    ['two pools', 'cluster: { pools: { user: { name: system } } }', /Two pools are called `system`/],
    ['a pool twice', 'cluster: { pools: { left-alone: [gpu] } }', /Two pools are called `gpu`/],
    [
      'no room for the color',
      'cluster: { pools: { user: { name: workloads, color: green } } }',
      /A pool would be called `workloadsgreen`, which has 14 characters\. Azure takes 12/,
    ],
    ['capital letters', 'cluster: { pools: { user: { name: Apps } } }', /Expected the name of a pool/],
    [
      'no name of a server',
      'names: { cluster: shop_k8s }',
      /`shop_k8s` cannot be the beginning of the API server's name/,
    ],
    ['a dot at the end', 'names: { resource-group: rg-shop. }', /Expected the name of a resource group/],
  ])('%s are refused', (_name, settings, message) => {
    expect(problems(`location: westeurope, ${settings}`)).toEqual([expect.stringMatching(message)]);
  });
});

describe('settings that are written', () => {
  const before = `${head}  dev: # ours
    subscription: ${subscription}
    location: westeurope # near
    cluster: { tier: free, run-command: false }
    allow: [registry]
${prod}`;

  test('stand beside what was there, which keeps its comments and what is not said anew', () => {
    const after = writeSettings(before, ['environments', 'dev'], {
      allow: ['registry', 'adopt'],
      cluster: { tier: 'standard', version: '1.34', pools: { user: false } },
    });
    expect(after).toContain('# ours\n');
    expect(after).toContain('location: westeurope # near\n');
    const { source } = parsePlatform(after, 'p.yaml');
    expect(source.environments['dev']).toMatchObject({
      allow: ['registry', 'adopt'],
      cluster: { tier: 'standard', 'run-command': false, version: '1.34', pools: { user: false } },
    });
  });

  test('are the same where they are pasted', () => {
    const settings = {
      names: { cluster: 'shop-k8s' },
      cluster: { version: '1.34', pools: { system: { surge: '1' } } },
    };
    const pasted = renderSettings(settings).replace(/^/gm, '    ').trimEnd();
    const by = (text: string) => parsePlatform(text, 'p.yaml').source;
    const bare = `${head}  dev:\n    subscription: ${subscription}\n    location: westeurope\n`;
    expect(by(`${bare}${pasted}\n${prod}`)).toEqual(
      by(writeSettings(`${bare}${prod}`, ['environments', 'dev'], settings)),
    );
  });

  test('make a region that says nothing a block', () => {
    const text = withDev('regions: { westeurope: , northeurope: }');
    const after = writeSettings(text, ['environments', 'dev', 'regions', 'westeurope'], { names: { cluster: 'x1' } });
    expect(parsePlatform(after, 'p.yaml').source.environments['dev']?.regions).toEqual({
      westeurope: { names: { cluster: 'x1' } },
      northeurope: null,
    });
  });
});
