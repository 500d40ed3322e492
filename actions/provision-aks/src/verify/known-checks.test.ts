import { expect, test } from '@jest/globals';
import { environmentView, productionView, sharedView } from '../views.fixture.ts';
import { knownChecks, namesOf } from './known-checks.ts';
import { liveCluster } from './live-cluster.fixture.ts';
import { azureBodies } from './resources/azure.fixture.ts';
import { environmentInspections } from './resources/index.ts';
import { assignmentName } from './resources/names.ts';

const bodies = azureBodies(purpose => assignmentName(productionView, purpose));
const inspections = environmentInspections(productionView, liveCluster(productionView));

test('is what is looked at where everything has been applied', () => {
  const looked = namesOf(inspections, ({ id }) => bodies.get(id.toLowerCase()));
  const known = knownChecks(productionView);
  expect(known.filter(name => looked.includes(name))).toEqual(looked);
  expect(known.slice(0, 2)).toEqual(['Cluster aks-contoso-prod-westeurope', 'Provisioning state']);
});

test.each([
  ['production', productionView],
  ['the first environment', environmentView],
  ['the shared scope', sharedView],
])('in %s no two checks have one name', (_case, view) => {
  const known = knownChecks(view);
  expect(known).toEqual([...new Set(known)]);
});

test('names say what deviates', () => {
  expect(knownChecks(productionView)).toEqual(
    expect.arrayContaining([
      'Image Cleaner interval',
      'Node pool gpu: GPU driver',
      'NAT gateway: tier',
      'DNS record *.prod.platform.contoso.com: target',
      'Role Reader of the backup vault on aks-contoso-prod-westeurope: principal',
    ]),
  );
  expect(knownChecks(sharedView)).toContain('Log workspace: retention in days');
});
