import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { platformSchema } from './json-schema.ts';
import { platformSource } from './schema.ts';

const schema = platformSchema();
const fromJson = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
const id = '11111111-1111-1111-1111-11111111111A';
const group = `/subscriptions/${id}/resourceGroups/rg/providers`;
const vnet = `${group}/Microsoft.Network/virtualNetworks/v`;

const least = {
  version: 1,
  name: 'contoso',
  tenant: id,
  shared: { subscription: id, location: 'westeurope' },
  environments: { dev: { subscription: id, location: 'westeurope' } },
};
const withDev = (settings: object) => ({
  ...least,
  environments: { dev: { ...least.environments.dev, ...settings } },
});

test('describes itself to editors', () => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: expect.stringMatching(/platform\.v1\.schema\.json$/),
    additionalProperties: false,
    required: ['version', 'name', 'tenant', 'shared', 'environments'],
  });
});

test('every key has a description, and every default fits', () => {
  const bare: string[] = [];
  const wrong: string[] = [];
  walk(schema, '');
  expect(bare).toEqual(['/properties/version']);
  expect(wrong).toEqual([]);

  function walk(node: unknown, at: string): void {
    if (typeof node !== 'object' || node === null) return;
    const { properties, default: fallback, ...rest } = node as Record<string, unknown>;
    for (const [key, inner] of Object.entries(properties ?? {})) {
      const path = `${at}/properties/${key}`;
      if ((inner as { description?: string }).description === undefined) bare.push(path);
      walk(inner, path);
    }
    if (fallback !== undefined && !z.fromJSONSchema(rest).safeParse(fallback).success) wrong.push(at);
    for (const [key, inner] of Object.entries(rest)) walk(inner, `${at}/${key}`);
  }
});

describe('says the same as the schema that reads the file', () => {
  const example = readFileSync(new URL('../../../examples/platform-repository/platform.yaml', import.meta.url), 'utf8');

  test.each<[string, unknown]>([
    ['the example', parse(example)],
    ['the least', least],
    ['switches', withDev({ cluster: { pools: { user: false, gpu: true }, features: { 'image-cleaner': {} } } })],
    ['zones', withDev({ cluster: { pools: { system: { zones: [1, '2'], min: 2, max: 3, disk: 64 } } } })],
    ['regions', { ...least, environments: { dev: { subscription: id, regions: { westeurope: null, uksouth: {} } } } }],
    [
      'existing',
      {
        ...withDev({ existing: { network: { id: vnet, subnets: { compute: `${vnet}/subnets/s` } } } }),
        existing: { logs: `${group}/Microsoft.OperationalInsights/workspaces/l` },
      },
    ],
  ])('%s is right', (_name, value) => {
    expect(platformSource.safeParse(value).success).toBe(true);
    expect(fromJson.safeParse(value).error).toBeUndefined();
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['null', null],
    ['a text', 'x'],
    ['another version', { ...least, version: 2 }],
    ['an unknown key', { ...least, policies: {} }],
    ['an unknown key inside', withDev({ cluster: { pools: { gpu: { sise: 'Standard_NC4as_T4_v3' } } } })],
    ['a number as version', withDev({ cluster: { version: 1.35 } })],
    ['a wrong id', { ...least, tenant: 'x' }],
    ['a wrong name', { ...least, environments: { Dev: least.environments.dev } }],
    ['a wrong location', withDev({ location: 'West Europe' })],
    ['a pool that is no switch', withDev({ cluster: { pools: { user: 1 } } })],
    ['a system pool switched off', withDev({ cluster: { pools: { system: false } } })],
    ['a zone that is none', withDev({ cluster: { pools: { system: { zones: [4] } } } })],
    ['too many nodes', withDev({ cluster: { pools: { system: { max: 1001 } } } })],
    ['a fraction of a node', withDev({ cluster: { pools: { system: { min: 1.5 } } } })],
    ['an id in other capitals', withDev({ existing: { network: { id: vnet.toLowerCase(), subnets: {} } } })],
    ['a duration without unit', withDev({ cluster: { features: { 'image-cleaner': { interval: '48' } } } })],
  ])('%s is wrong', (_name, value) => {
    expect(platformSource.safeParse(value).success).toBe(false);
    expect(fromJson.safeParse(value).success).toBe(false);
  });
});
