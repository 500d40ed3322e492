import { expect, test } from '@jest/globals';
import { type Choice, chooseStage, partOf } from './chosen.ts';
import type { Stage } from './pipeline.ts';

const place = (region: string, index: number) => ({
  scope: 'prod',
  region,
  runner: 'ubuntu-24.04',
  title: `prod · ${region}`,
  artifact: `report-contoso-prod-${region}`,
  images: false,
  applications: false,
  gpu: false,
  smoke: false as const,
  index,
  platform: 'contoso',
  awaited: false,
  pause: false,
});
const prod: Stage = {
  scope: 'prod',
  images: 'promote',
  approval: true,
  width: 2,
  places: [place('westeurope', 0), place('northeurope', 1)],
};
const dev: Stage = { scope: 'dev', images: 'push', approval: false, width: 0, places: [] };
const protections = [
  { name: 'prod', reviewers: 1, preventsSelfReview: true, waitMinutes: 0, branches: 'selected' as const },
];
const choice: Choice = { environment: 'prod', region: undefined, requireApproval: true };

test('an environment with all its regions, or with one', () => {
  expect(chooseStage([dev, prod], protections, choice)).toBe(prod);
  expect(chooseStage([dev, prod], protections, { ...choice, region: 'northeurope' }).places).toEqual([
    place('northeurope', 1),
  ]);
});

test.each<[string, Partial<Choice>, RegExp]>([
  [
    'a name that there is none of',
    { environment: 'prd' },
    /environment.*is `prd`.*Use `dev` or `prod`\. Did you mean `prod`\?/,
  ],
  ['a region that there is none of', { region: 'westus' }, /region.*is `westus`.*Use `westeurope` or `northeurope`/],
  ['nobody approves', { environment: 'dev' }, /Nobody has to approve the GitHub environment dev.*Add reviewers/],
])('%s', (_, changed, message) => {
  expect(() => chooseStage([dev, prod], protections, { ...choice, ...changed })).toThrow(message);
});

test('where nobody has to approve, nobody has to', () => {
  expect(chooseStage([dev, prod], protections, { ...choice, environment: 'dev', requireApproval: false })).toBe(dev);
});

test('who starts it does not approve it alone', () => {
  const alone = protections.map(one => ({ ...one, preventsSelfReview: false }));
  expect(() => chooseStage([dev, prod], alone, choice)).toThrow(/may approve it alone .* prod.*“Prevent self-review”/);
  expect(chooseStage([dev, prod], alone, { ...choice, requireApproval: false })).toBe(prod);
});

const scopes = ['shared', 'dev', 'staging', 'prod'].map(scope => ({ scope }));

test.each<[string, string | undefined, string | undefined, string[]]>([
  ['all', undefined, undefined, ['shared', 'dev', 'staging', 'prod']],
  ['what comes after one', 'dev', undefined, ['staging', 'prod']],
  ['up to one', undefined, 'dev', ['shared', 'dev']],
  ['between', 'dev', 'staging', ['staging']],
])('the stages of a promotion: %s', (_, after, until, left) => {
  expect(partOf(scopes, { after, until }).map(({ scope }) => scope)).toEqual(left);
});

test.each<[string, string | undefined, string | undefined, RegExp]>([
  ['a name that there is none of', 'deb', undefined, /^input after: is `deb`.*Did you mean `dev`\?/],
  ['an end that there is none of', undefined, 'qa', /^input until: is `qa`.*Use `shared`, `dev`, `staging` or `prod`/],
  ['nothing is left', 'prod', undefined, /^input after: Nothing comes after prod\. Nothing was touched\./],
  ['the wrong way round', 'staging', 'dev', /^input until: Nothing comes after staging up to dev\./],
])('no part of a promotion: %s', (_, after, until, message) => {
  expect(() => partOf(scopes, { after, until })).toThrow(message);
});
