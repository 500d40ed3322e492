import { expect, test } from '@jest/globals';
import type { ChangeReport, Check } from '@suite/change-report';
import { sampleChange, sampleReport } from '../../../../packages/change-report/src/testing/samples.ts';
import { type LimitFacts, limitsOf } from './limits.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const report = (action: string, more: Partial<ChangeReport>) => sampleReport({ action, verdict: 'changes', ...more });
const facts = (...reports: readonly ChangeReport[]): LimitFacts => ({
  environment: 'prod',
  reports,
  suite: { made: 'org/actions@v1', runs: 'org/actions@v1' },
  hasCharts: true,
  hasApplications: false,
  gitops: undefined,
});
const usual = limitsOf(facts());
/** What is said besides what always is. */
const special = (given: LimitFacts) => limitsOf(given).filter(({ text }) => !usual.some(one => one.text === text));
const check = (id: string, status: Check['status'], message: string): Check => ({ id, name: 'x', status, message });
const store = sampleChange({ title: 'storage account stprod', reach: 'data' });
const definition = sampleChange({
  title: 'CustomResourceDefinition gateways.example.com',
  type: 'apiextensions.k8s.io/v1 CustomResourceDefinition',
  reach: 'cluster',
});
const image = sampleChange({ address: `shop/web@${digest}`, type: 'image', title: 'image shop/web' });

test('what never goes back is said each time', () => {
  expect(usual.map(({ topic }) => topic)).toEqual(['Infrastructure', 'Data', 'Definitions', 'Shared']);
  expect(usual.some(({ isFatal }) => isFatal)).toBe(false);
  expect(usual[1]?.text).toContain('A migration that the newer version has run is not undone');
  expect(usual[3]?.text).toContain('every environment but `prod`');
});

test.each<readonly [string, LimitFacts, string, string]>([
  [
    'an older Kubernetes is refused',
    facts(
      report('provision-aks', {
        checks: [check('preflight/version', 'blocked', 'The cluster runs 1.35.1, and AKS goes back to no 1.34.')],
      }),
    ),
    'Kubernetes',
    'Refused: The cluster runs 1.35.1, and AKS goes back to no 1.34. That commit cannot be changed',
  ],
  [
    'a deletion that is not allowed at that commit',
    facts(report('provision-aks', { checks: [check('allowance/cache', 'blocked', 'Deleting it is not allowed.')] })),
    'Infrastructure',
    'Refused: Deleting it is not allowed.',
  ],
  [
    'Kubernetes moves',
    facts(
      report('provision-aks', {
        changes: [
          sampleChange({
            kind: 'update',
            attributes: [{ path: 'kubernetes_version', before: { is: 'absent' }, after: { is: 'unknown' } }],
          }),
        ],
      }),
    ),
    'Kubernetes',
    'AKS goes to no older one',
  ],
  [
    'what held data is made anew',
    facts(report('provision-aks', { changes: [store, sampleChange()] })),
    'Infrastructure',
    '`storage account stprod` is made anew, and empty',
  ],
  [
    'what holds data goes',
    facts(report('provision-aks', { changes: [{ ...store, kind: 'delete', allowKey: 'storage' }] })),
    'Data',
    '`storage account stprod` goes, with all that was kept there since.',
  ],
  [
    'a stateful set goes back over newer data',
    facts(
      report('deploy-platform', {
        changes: [sampleChange({ kind: 'update', reach: 'data', title: 'StatefulSet mlflow/db' })],
      }),
    ),
    'Data',
    '`StatefulSet mlflow/db` goes back to an older version over data that the newer one has written.',
  ],
  [
    'a definition stays',
    facts(report('deploy-platform', { changes: [{ ...definition, kind: 'forget' }] })),
    'Definitions',
    '`CustomResourceDefinition gateways.example.com` stays in the cluster',
  ],
  [
    'a definition goes back',
    facts(report('deploy-platform', { changes: [{ ...definition, kind: 'update' }] })),
    'Definitions',
    'Objects that were written in a newer form stay as they are written.',
  ],
  [
    'an image was purged here alone',
    facts(report('push-acr', { changes: [image] })),
    'Images',
    '`image shop/web` was purged here, and is brought again.',
  ],
  [
    'a chart that the release of the suite brings in another version',
    facts(report('deploy-platform', { checks: [check('bundle/loki', 'warning', 'loki does not go back: why.')] })),
    'Suite',
    'loki does not go back: why.',
  ],
  [
    'another release of the suite made it',
    { ...facts(), suite: { made: 'org/actions@v1.0.0', runs: 'org/actions@v1.1.0' } },
    'Suite',
    'made by `org/actions@v1.0.0`, and `org/actions@v1.1.0` runs now',
  ],
  [
    'applications',
    {
      ...facts(),
      hasApplications: true,
      gitops: { repository: 'contoso/gitops', branch: 'main', commit: 'a'.repeat(40) },
    },
    'Applications',
    'Manifests that others have changed there stay',
  ],
])('%s', (_, given, topic, text) => {
  expect(special(given)).toEqual([{ topic, text: expect.stringContaining(text), isFatal: false }]);
});

test('an image that is nowhere any more stops it before anything changes', () => {
  const later = check(
    'source/web',
    'later',
    `cr.azurecr.io/shop/web has no ${digest} yet: it comes with the promotion.`,
  );
  expect(special(facts(report('push-acr', { changes: [image], checks: [later] })))).toEqual([
    {
      topic: 'Images',
      text: expect.stringContaining(`\`shop/web@${digest}\` was purged: neither the registry of this environment nor`),
      isFatal: true,
    },
  ]);
  // The environment's own registry has it.
  expect(special(facts(report('push-acr', { checks: [later] })))).toEqual([]);
});

test('many names are cut short', () => {
  const changes = Array.from({ length: 12 }, (_, index) => ({ ...store, title: `storage account s${index}` }));
  expect(special(facts(report('provision-aks', { changes })))[0]?.text).toMatch(
    /`storage account s9` and 2 others are made anew/,
  );
});
