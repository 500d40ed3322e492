import { describe, expect, test } from '@jest/globals';
import { parsePlatform, resolveUnlocked } from './index.ts';
import { problemsOf } from './testing/index.ts';

const head = `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
shared:
  subscription: 22222222-2222-2222-2222-222222222222
  location: westeurope
`;

const file = ({ shared = '', defaults = '', dev = '', region = '' }) =>
  `${head}${shared === '' ? '' : `  ${shared}\n`}${defaults === '' ? '' : `defaults:\n  ${defaults}\n`}environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    regions: { westeurope: { ${region} }, northeurope: }
${dev === '' ? '' : `    ${dev}\n`}  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;

const resolved = (text: string) =>
  resolveUnlocked(parsePlatform(text, 'p.yaml')).map(({ scope, region, terraform }) => [
    `${scope}/${region}`,
    terraform === undefined ? 'ours' : `${terraform.kind} ${[terraform.folder, ...terraform.variables].join(' ')}`,
  ]);

test.each<[string, Parameters<typeof file>[0], string[]]>([
  ['nothing said', {}, ['ours', 'ours', 'ours', 'ours']],
  [
    'an extension of all environments; the shared scope has its own',
    { defaults: 'terraform: { extend: terraform/environment }', shared: 'terraform: { extend: terraform/shared }' },
    [
      'extension terraform/shared',
      'extension terraform/environment',
      'extension terraform/environment',
      'extension terraform/environment',
    ],
  ],
  [
    'a root of its own with variables, by placeholders',
    {
      defaults:
        'terraform: { working-directory: "../infra/{environment}", variables: [common.tfvars, "{environment}-{region}.tfvars"] }',
    },
    [
      'ours',
      'root ../infra/dev common.tfvars dev-westeurope.tfvars',
      'root ../infra/dev common.tfvars dev-northeurope.tfvars',
      'root ../infra/prod common.tfvars prod-westeurope.tfvars',
    ],
  ],
  [
    'one region without it',
    { dev: 'terraform: { extend: more }', region: 'terraform: false' },
    ['ours', 'ours', 'extension more', 'ours'],
  ],
])('%s', (_name, parts, expected) => {
  expect(resolved(file(parts)).map(([, what]) => what)).toEqual(expected);
});

test("`allow` takes the keys of all kinds of scopes where Terraform of one's own may make anything", () => {
  const refused = problemsOf(() => parsePlatform(file({ shared: 'allow: [storage]', dev: 'allow: [logs]' }), 'p.yaml'));
  expect(refused).toEqual([
    'p.yaml:7:11: `shared.allow[0]` is `storage`. It belongs under `allow` of an environment.',
    'p.yaml:12:13: `environments.dev.allow[0]` is `logs`. It belongs under `allow` of `shared`.',
  ]);
  const allowed = file({
    shared: 'allow: [storage]\n  terraform: { extend: a }',
    dev: 'allow: [logs]',
    region: 'terraform: { working-directory: b }',
  });
  expect(problemsOf(() => parsePlatform(allowed, 'p.yaml'))).toEqual([]);
});

describe('what is refused', () => {
  const shape = 'Expected a folder, seen from the platform file, such as terraform/environment.';
  test.each<[string, Parameters<typeof file>[0], string[]]>([
    [
      'a root that takes the place of what is extended',
      { shared: 'terraform: { extend: a, working-directory: b }' },
      [
        "p.yaml:7:46: `working-directory` takes the place of the suite's own root, so there is nothing for `extend` to extend. Keep one of the two. Where the other one comes from `defaults`, take it out there and say it in each environment.",
      ],
    ],
    [
      'the same over two layers, told once for each place',
      { defaults: 'terraform: { extend: a }', region: 'terraform: { working-directory: b }' },
      [
        "p.yaml:12:62: `working-directory` takes the place of the suite's own root, so there is nothing for `extend` to extend. Keep one of the two. Where the other one comes from `defaults`, take it out there and say it in each environment.",
      ],
    ],
    [
      'variables of nothing',
      { shared: 'terraform: { variables: [a.tfvars] }' },
      [
        "p.yaml:7:27: `variables` belong to Terraform of your own, and none is named: the suite's own root gets its variables from this file. Name a folder as `extend` or `working-directory`, or take them out.",
      ],
    ],
    [
      'a folder of the machine',
      { shared: 'terraform: { extend: /etc }' },
      [`p.yaml:7:24: \`shared.terraform.extend\` is \`/etc\`. ${shape}`],
    ],
    [
      'a folder that wanders upwards in its middle',
      { shared: 'terraform: { working-directory: a/../../b }' },
      [`p.yaml:7:35: \`shared.terraform.working-directory\` is \`a/../../b\`. ${shape}`],
    ],
    [
      'the folder of the platform file itself',
      { shared: 'terraform: { extend: . }' },
      [`p.yaml:7:24: \`shared.terraform.extend\` is \`.\`. ${shape}`],
    ],
    [
      'variables outside of the folder',
      { shared: 'terraform: { extend: a, variables: [../b.tfvars] }' },
      [
        'p.yaml:7:39: `shared.terraform.variables[0]` is `../b.tfvars`. Expected a file of variables in that folder, such as {environment}.tfvars.',
      ],
    ],
  ])('%s', (_name, parts, expected) => {
    expect(problemsOf(() => parsePlatform(file(parts), 'p.yaml'))).toEqual(expected);
  });
});
