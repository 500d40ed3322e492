import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { expectations } from '../verify/expectations.ts';
import { anyBody, anyCluster } from '../verify/known-checks.ts';
import { environmentInspections, type Inspection, sharedInspections } from '../verify/resources/index.ts';
import { inspectAll } from '../verify/resources/inspection.ts';
import { environmentView, productionView, sharedView } from '../views.fixture.ts';
import { clusterPlace, places, poolPlace, systemPoolPlace, type TerraformPlace } from './terraform-attributes.ts';

/** Every path of a check, as differences have them; the names of pools and resources left out. */
async function pathsOf(inspections: readonly Inspection[]): Promise<string[]> {
  // Nothing is as it should be, and each resource has what leads on to others.
  const { differences } = await inspectAll(
    inspections.map(one => everythingDiffers(one)),
    async () => anyBody,
  );
  return differences.map(({ path }) => path);
}

function everythingDiffers(inspection: Inspection): Inspection {
  const { next, checks } = inspection;
  return {
    ...inspection,
    checks: checks.map(check => ({ ...check, match: () => false })),
    ...(next === undefined ? {} : { next: body => next(body).map(everythingDiffers) }),
  };
}

const isKnown = (place: TerraformPlace | undefined, attribute: string) =>
  place !== undefined && Object.hasOwn(place.attributes, attribute);

test('every attribute that is checked is known, also those that Terraform does not have', async () => {
  const unknown: string[] = [];
  for (const view of [environmentView, productionView]) {
    const { checks, pools } = expectations(view);
    unknown.push(...checks.map(({ path }) => path).filter(path => !isKnown(clusterPlace, path)));
    const ofPools = pools.flatMap(pool => pool.checks.map(({ path }) => path));
    unknown.push(...ofPools.filter(path => !isKnown(poolPlace, path) || !isKnown(systemPoolPlace, path)));
  }
  const paths = [
    ...(await pathsOf(environmentInspections(environmentView, anyCluster))),
    ...(await pathsOf(environmentInspections(productionView, anyCluster))),
    ...(await pathsOf(sharedInspections(sharedView))),
  ];
  for (const path of paths.filter(one => one !== '')) {
    const [, entry = '', list = '', attribute = ''] = /^((\w*)\[[^\]]*\])\.(.*)$/.exec(path) ?? [];
    // What is referred to is called nothing here, and so has no list.
    if (list === '') continue;
    if (!isKnown(places[entry] ?? places[list], attribute)) unknown.push(path);
  }
  expect(paths.length).toBeGreaterThan(100);
  expect(unknown).toEqual([]);
});

interface Block {
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly block_types?: Readonly<Record<string, { readonly block: Block }>>;
}

test('every attribute that Terraform is said to have is in the schema of azurerm', () => {
  const file = '../../../../packages/sandbox/src/azurerm/data/azurerm-5.2.0.json';
  const { resources } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as {
    readonly resources: Readonly<Record<string, { readonly block: Block }>>;
  };
  const has = (block: Block | undefined, [step = '', ...rest]: readonly string[]): boolean => {
    if (block === undefined) return false;
    if (step === '*') return true;
    const inner = block.block_types?.[step];
    if (inner !== undefined) return rest.length === 0 || has(inner.block, rest);
    return rest.length === 0 && Object.hasOwn(block.attributes ?? {}, step);
  };
  const wrong = [clusterPlace, systemPoolPlace, ...Object.values(places)].flatMap(({ type, attributes }) =>
    Object.values(attributes)
      .flat()
      .filter(attribute => !has(resources[type]?.block, attribute.split('.')))
      .map(attribute => `${type}.${attribute}`),
  );
  expect(wrong).toEqual([]);
});
