import type { Answer, Denial, Grant, Permission, RegistryView } from '@suite/azure';
import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';

/** Who will bring the images. `name` reads on after "The". */
export interface Applier {
  readonly name: string;
  readonly clientId: string;
}

/** What Azure shows of somebody's rights in the subscription of a registry. */
export interface ApplierRights {
  readonly objectId: string;
  readonly grants: readonly Grant[];
  readonly denials: readonly Denial[];
}

/** A registry and what is known of the rights over it. */
export interface JudgedRegistry {
  readonly resource: Pick<RegistryView, 'id' | 'name' | 'permissions'>;
  readonly rights: Answer<ApplierRights>;
}

type Need = 'push' | 'pull' | 'import';

interface Action {
  readonly action: string;
  readonly kind: 'control' | 'data';
}

const registries = 'Microsoft.ContainerRegistry/registries';
const control = (action: string): Action => ({ action: `${registries}/${action}`, kind: 'control' });
const data = (action: string): Action => ({ action: `${registries}/repositories/${action}`, kind: 'data' });

/**
 * Which rights decide depends on the registry's role assignment mode (Microsoft Learn, "Microsoft Entra attribute-based access
 * control for repository permissions"): in the mode for repositories, AcrPush and AcrPull mean nothing.
 */
const actions: Readonly<Record<RegistryView['permissions'], Readonly<Record<Need, readonly Action[]>>>> = {
  registry: {
    pull: [control('pull/read')],
    push: [control('pull/read'), control('push/write')],
    import: [control('importImage/action')],
  },
  repositories: {
    pull: [data('content/read')],
    push: [data('content/read'), data('content/write')],
    import: [control('importImage/action')],
  },
};

const roles: Readonly<Record<RegistryView['permissions'], Readonly<Record<Need, string>>>> = {
  registry: { pull: 'AcrPull', push: 'AcrPush', import: 'Container Registry Data Importer and Data Reader' },
  repositories: {
    pull: 'Container Registry Repository Reader',
    push: 'Container Registry Repository Writer',
    import: 'Container Registry Data Importer and Data Reader',
  },
};

const names: Readonly<Record<Need, string>> = {
  pull: 'The apply identity may read the images of the environment before',
  push: 'The apply identity may push',
  import: 'The apply identity may let Azure import',
};

export interface RightsQuestion {
  readonly who: Applier;
  readonly target: JudgedRegistry;
  /** Where images are promoted from; undefined where they are not. */
  readonly source: JudgedRegistry | undefined;
  /** Whether Azure is to import any of them. */
  readonly imports: boolean;
}

/** What is missing, and what nobody can tell; nothing where all is well. Pure. */
export function checkRights({ who, target, source, imports }: RightsQuestion): readonly Check[] {
  const needs: (readonly [Need, JudgedRegistry])[] = [['push', target]];
  if (imports) needs.push(['import', target]);
  // A plan identity sees the roles of its own subscription, and the environment before has another one as a rule: what
  // cannot be seen there is said by the promotion, not by every plan.
  const isSeen = source?.rights.known === true && source.resource.id !== target.resource.id;
  if (isSeen) needs.push(['pull', source]);
  const checks = needs.flatMap(([need, registry]) => checkNeed(need, registry, who));
  // The same reason is often why several are not known.
  const told = new Set<string>();
  return checks.filter(({ status, message }) => {
    const isKnown = status === 'unknown' && told.has(message);
    told.add(message);
    return !isKnown;
  });
}

function checkNeed(need: Need, { resource, rights }: JudgedRegistry, { name, clientId }: Applier): Check[] {
  const check = (status: Check['status'], message: string, remedy?: string): Check[] => [
    { id: `rights/${need}`, name: names[need], status, message, ...(remedy === undefined ? {} : { remedy }) },
  ];
  if (!rights.known) return check('unknown', rights.why, rights.remedy);
  const { permissions: mode, id } = resource;
  const verdicts = actions[mode][need].map(action => ({ action, verdict: judge(action, id, rights.value) }));
  const missing = verdicts.filter(({ verdict }) => verdict === 'missing').map(({ action }) => `\`${action.action}\``);
  if (missing.length > 0) {
    const isIdle = mode === 'repositories' && need !== 'import' && hasIdleRole(need, id, rights.value);
    const idle = isIdle ? ` Its ${need === 'push' ? 'AcrPush' : 'AcrPull'} counts for nothing there:` : ' There';
    const about = mode === 'repositories' && need !== 'import' ? `${idle} the role assignment mode is ABAC.` : '';
    const after = need === 'import' ? ' The bytes go through the runner instead.' : '';
    return check(
      need === 'import' ? 'warning' : 'blocked',
      `The ${name} (client id ${clientId}) may not perform ${sentenceList(missing)} on the registry ${resource.name}.${about}${after}`,
      `Give it the role: \`az role assignment create --assignee-object-id ${rights.value.objectId} --assignee-principal-type ServicePrincipal --role "${roles[mode][need]}" --scope ${id}\`. A new assignment takes some minutes to work.`,
    );
  }
  const open = verdicts.flatMap(({ verdict }) => (typeof verdict === 'object' ? [verdict.why] : []));
  const [why] = open;
  if (why === undefined) return [];
  return check(
    'unknown',
    `Whether the ${name} (client id ${clientId}) may ${need} in the registry ${resource.name} is not known: ${why}.`,
    'The apply finds out.',
  );
}

type Verdict = 'granted' | 'missing' | { readonly why: string };

const everybody = '00000000-0000-0000-0000-000000000000';

function judge(action: Action, scope: string, { grants, denials, objectId }: ApplierRights): Verdict {
  const giving = grants.filter(
    grant => isWithin(scope, grant.scope) && grant.permissions.some(permission => permits(permission, action)),
  );
  if (giving.length === 0) return 'missing';
  const denial = denials.find(
    ({ scope: over, permissions, principals, excluded, groups }) =>
      isWithin(scope, over) &&
      permissions.some(permission => permits(permission, action)) &&
      !excluded.includes(objectId) &&
      (groups || principals.includes(objectId) || principals.includes(everybody)),
  );
  if (denial !== undefined) return { why: `the deny assignment \`${denial.name}\` may take it away` };
  if (giving.some(({ condition }) => condition === undefined || condition === '')) return 'granted';
  return { why: `the condition of its role ${giving[0]?.role} decides` };
}

/** Whether it would do in the other mode. */
function hasIdleRole(need: Need, scope: string, rights: ApplierRights): boolean {
  return actions.registry[need].every(action => judge(action, scope, rights) === 'granted');
}

function permits(permission: Permission, { action, kind }: Action): boolean {
  const [given, taken] =
    kind === 'control'
      ? [permission.actions, permission.notActions]
      : [permission.dataActions, permission.notDataActions];
  return given.some(pattern => matches(pattern, action)) && !taken.some(pattern => matches(pattern, action));
}

/** Azure's patterns: `*` stands for anything. */
function matches(pattern: string, action: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'i').test(action);
}

/** At or under a scope; `/` is above all. Management groups are above the subscriptions that Azure lists them for. */
function isWithin(scope: string, outer: string): boolean {
  const [inside, around] = [scope.toLowerCase(), outer.toLowerCase().replace(/\/$/, '')];
  if (around === '' || around.startsWith('/providers/microsoft.management/managementgroups/')) return true;
  return inside === around || inside.startsWith(`${around}/`);
}
