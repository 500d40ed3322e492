import { describe, expect, test } from '@jest/globals';
import type { Grant, Permission, RegistryView } from '@suite/azure';
import { type ApplierRights, checkRights, type JudgedRegistry } from './rights.ts';

const subscription = '/subscriptions/11111111-1111-1111-1111-111111111111';
const idOf = (name: string) =>
  `${subscription}/resourceGroups/rg-${name}/providers/Microsoft.ContainerRegistry/registries/${name}`;
const registries = 'Microsoft.ContainerRegistry/registries';
const permission = (actions: readonly string[], dataActions: readonly string[] = []): Permission => ({
  actions,
  notActions: [],
  dataActions,
  notDataActions: [],
});
const roles: Readonly<Record<string, Permission>> = {
  Contributor: permission(['*']),
  AcrPull: permission([`${registries}/pull/read`]),
  AcrPush: permission([`${registries}/pull/read`, `${registries}/push/write`]),
  'Container Registry Repository Writer': permission(
    [],
    [`${registries}/repositories/content/read`, `${registries}/repositories/content/write`],
  ),
  'Container Registry Data Importer and Data Reader': permission([
    `${registries}/importImage/action`,
    `${registries}/pull/read`,
  ]),
};
const grant = (role: string, scope = idOf('prod'), condition?: string): Grant => ({
  role,
  scope,
  condition,
  permissions: [roles[role] ?? permission([])],
});
const registry = (
  name: string,
  permissions: RegistryView['permissions'],
  grants: readonly Grant[],
  more: Partial<ApplierRights> = {},
): JudgedRegistry => ({
  resource: { id: idOf(name), name, permissions },
  rights: { known: true, value: { objectId: 'object-1', grants, denials: [], ...more } },
});
const who = { name: 'apply identity of prod in westeurope', clientId: 'client-1' };
const writer = 'Container Registry Repository Writer';
const importer = 'Container Registry Data Importer and Data Reader';
const ask = (target: JudgedRegistry, source?: JudgedRegistry) =>
  checkRights({ who, target, source, imports: source !== undefined });
const dev = (grants: readonly Grant[] = [grant('AcrPull', idOf('dev'))]) => registry('dev', 'registry', grants);

describe('rights over registries', () => {
  test.each<readonly [string, JudgedRegistry, JudgedRegistry | undefined, readonly (readonly [string, string])[]]>([
    ['AcrPush', registry('prod', 'registry', [grant('AcrPush')]), undefined, []],
    [
      'Contributor of the group',
      registry('prod', 'registry', [grant('Contributor', `${subscription}/resourceGroups/rg-prod`)]),
      dev(),
      [],
    ],
    [
      'of another group',
      registry('prod', 'registry', [grant('Contributor', `${subscription}/resourceGroups/rg`)]),
      undefined,
      [['rights/push', 'blocked']],
    ],
    ['AcrPull alone', registry('prod', 'registry', [grant('AcrPull')]), undefined, [['rights/push', 'blocked']]],
    ['AcrPush, and no import', registry('prod', 'registry', [grant('AcrPush')]), dev(), [['rights/import', 'warning']]],
    ['AcrPush and import', registry('prod', 'registry', [grant('AcrPush'), grant(importer)]), dev(), []],
    [
      'nothing on the source',
      registry('prod', 'registry', [grant('Contributor')]),
      dev([]),
      [['rights/pull', 'blocked']],
    ],
    [
      'AcrPush in ABAC mode',
      registry('prod', 'repositories', [grant('AcrPush')]),
      undefined,
      [['rights/push', 'blocked']],
    ],
    [
      'Contributor in ABAC mode',
      registry('prod', 'repositories', [grant('Contributor')]),
      undefined,
      [['rights/push', 'blocked']],
    ],
    ['the role of ABAC mode', registry('prod', 'repositories', [grant(writer), grant(importer)]), dev(), []],
    [
      'that role, of a registry alone',
      registry('prod', 'registry', [grant(writer)]),
      undefined,
      [['rights/push', 'blocked']],
    ],
    [
      'that role under a condition',
      registry('prod', 'repositories', [grant(writer, idOf('prod'), '@Request[x]')]),
      undefined,
      [['rights/push', 'unknown']],
    ],
    [
      'what a deny assignment may take',
      registry('prod', 'registry', [grant('AcrPush')], {
        denials: [
          {
            name: 'locked',
            scope: '/',
            permissions: [permission(['*'])],
            principals: ['object-1'],
            excluded: [],
            groups: false,
            condition: undefined,
          },
        ],
      }),
      undefined,
      [['rights/push', 'unknown']],
    ],
  ])('%s', (_, target, source, expected) => {
    expect(ask(target, source).map(({ id, status }) => [id, status])).toEqual(expected);
  });

  test('what nobody can tell is said once, and never taken for well', () => {
    const blind = (name: string): JudgedRegistry => ({
      ...registry(name, 'registry', []),
      rights: { known: false, why: 'It may not ask.', remedy: 'Give it Reader.' },
    });
    expect(ask(registry('prod', 'registry', [grant('Contributor')]), blind('dev'))).toEqual([]);
    expect(ask(blind('prod'), blind('dev'))).toEqual([
      {
        id: 'rights/push',
        name: 'The apply identity may push',
        status: 'unknown',
        message: 'It may not ask.',
        remedy: 'Give it Reader.',
      },
    ]);
  });

  test('names the piece that is missing and the command that gives it', () => {
    const [check] = ask(registry('prod', 'repositories', [grant('AcrPush')]));
    expect(check?.message).toBe(
      `The apply identity of prod in westeurope (client id client-1) may not perform \`${registries}/repositories/content/read\` and \`${registries}/repositories/content/write\` on the registry prod. Its AcrPush counts for nothing there: the role assignment mode is ABAC.`,
    );
    expect(check?.remedy).toContain(
      `--assignee-object-id object-1 --assignee-principal-type ServicePrincipal --role "${writer}" --scope ${idOf('prod')}`,
    );
    const [importing] = ask(registry('prod', 'registry', [grant('AcrPush')]), dev());
    expect(importing?.message).toContain(
      `\`${registries}/importImage/action\` on the registry prod. The bytes go through the runner instead.`,
    );
    expect(importing?.remedy).toContain(`--role "${importer}"`);
  });
});
