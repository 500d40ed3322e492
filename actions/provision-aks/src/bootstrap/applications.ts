import { asArray, asObject, asString, mapInParallel } from '@suite/foundation';
import type { Place } from './places.ts';
import type { Graph, ResourceReader } from './ports.ts';

/** An application in Entra ID, by which people sign in to one of the platform's interfaces. */
export interface DesiredApplication {
  readonly name: string;
  readonly place: string;
  readonly redirectUri: string;
  /** Signs in with tokens of its service account in this cluster; the others have a secret, which is made later. */
  readonly workload: { readonly cluster: string; readonly subject: string } | undefined;
}

/** Paths that the interfaces are called back at; names of service accounts are those that `deploy-platform` gives. */
const interfaces: readonly {
  readonly name: string;
  /** First part of its host name, where that is not its name. */
  readonly host?: string;
  readonly callback: string;
  readonly serviceAccount?: string;
}[] = [
  { name: 'argocd', callback: '/api/dex/callback' },
  { name: 'grafana', callback: '/login/azuread', serviceAccount: 'system:serviceaccount:monitoring:grafana' },
  { name: 'jupyterhub', host: 'hub', callback: '/hub/oauth_callback' },
  { name: 'mlflow', callback: '/callback' },
];

export function desiredApplications(places: readonly Place[]): DesiredApplication[] {
  return places.flatMap(({ platform, scope, region, title, domain, cluster }) =>
    domain === undefined
      ? []
      : interfaces.map(({ name, host = name, callback, serviceAccount }) => ({
          name: `${platform}-${scope}-${region}-${name}`,
          place: title,
          redirectUri: `https://${host}.${domain}${callback}`,
          workload:
            serviceAccount === undefined || cluster === undefined ? undefined : { cluster, subject: serviceAccount },
        })),
  );
}

export interface ObservedApplication {
  /** Object id. */
  readonly id: string;
  readonly appId: string;
  readonly redirectUris: readonly string[];
  readonly groupClaims: string;
  readonly hasPrincipal: boolean;
  readonly credentials: readonly { readonly issuer: string; readonly subject: string }[];
}

export interface ApplicationStep {
  readonly wanted: DesiredApplication;
  readonly there: ObservedApplication | undefined;
  /** Issuer of the cluster's tokens; undefined before there is a cluster, and for whoever needs none. */
  readonly issuer: string | undefined;
  readonly change: 'create' | 'update' | 'none';
  readonly differing: readonly string[];
  /** Its trust in the cluster has to wait for the cluster. */
  readonly waits: boolean;
}

const clusterApi = '2025-10-01';
const atOnce = 4;

/** Reads what is there and compares. */
export async function planApplications(
  wanted: readonly DesiredApplication[],
  graph: Graph,
  manager: ResourceReader,
): Promise<ApplicationStep[]> {
  return mapInParallel(wanted, atOnce, async one => {
    const [there, issuer] = await Promise.all([findApplication(graph, one.name), findIssuer(manager, one)]);
    const differing = there === undefined ? [] : differences(one, there, issuer);
    return {
      wanted: one,
      there,
      issuer,
      change: there === undefined ? 'create' : differing.length > 0 ? 'update' : 'none',
      differing,
      waits: one.workload !== undefined && issuer === undefined,
    };
  });
}

function differences(one: DesiredApplication, there: ObservedApplication, issuer: string | undefined): string[] {
  return [
    ...(there.redirectUris.includes(one.redirectUri) ? [] : ['web.redirectUris']),
    ...(there.groupClaims === groupClaims ? [] : ['groupMembershipClaims']),
    ...(there.hasPrincipal ? [] : ['servicePrincipal']),
    ...(trusts(there, one, issuer) ? [] : ['federatedIdentityCredentials']),
  ];
}

function trusts({ credentials }: ObservedApplication, { workload }: DesiredApplication, issuer: string | undefined) {
  if (workload === undefined || issuer === undefined) return true;
  return credentials.some(one => one.issuer === issuer && one.subject === workload.subject);
}

// Of all groups, those that are assigned to the application: a token has room for 200 (Microsoft Learn, "Configure group claims").
const groupClaims = 'ApplicationGroup';

async function findApplication(graph: Graph, name: string): Promise<ObservedApplication | undefined> {
  const [found] = (await graph.list('/applications', { $filter: `displayName eq '${name}'` })).map(asObject);
  if (found === undefined) return undefined;
  const [id, appId] = [asString(found['id']) ?? '', asString(found['appId']) ?? ''];
  const [principals, credentials] = await Promise.all([
    graph.list('/servicePrincipals', { $filter: `appId eq '${appId}'` }),
    graph.list(`/applications/${id}/federatedIdentityCredentials`),
  ]);
  return {
    id,
    appId,
    redirectUris: asArray(asObject(found['web'])['redirectUris']).map(String),
    groupClaims: asString(found['groupMembershipClaims']) ?? '',
    hasPrincipal: principals.length > 0,
    credentials: credentials.map(asObject).map(({ issuer, subject }) => ({
      issuer: asString(issuer) ?? '',
      subject: asString(subject) ?? '',
    })),
  };
}

async function findIssuer(manager: ResourceReader, { workload }: DesiredApplication): Promise<string | undefined> {
  if (workload === undefined) return undefined;
  const cluster = asObject(await manager.find(workload.cluster, clusterApi));
  return asString(asObject(asObject(cluster['properties'])['oidcIssuerProfile'])['issuerURL']);
}

/** Makes or completes one application. Cut off in between, the next run completes it. */
export async function applyApplication(step: ApplicationStep, graph: Graph, audience: string): Promise<void> {
  const { wanted, there, issuer } = step;
  const settings = {
    web: { redirectUris: [...new Set([...(there?.redirectUris ?? []), wanted.redirectUri])] },
    groupMembershipClaims: groupClaims,
    optionalClaims: { idToken: [{ name: 'groups' }], accessToken: [{ name: 'groups' }] },
  };
  let { id = '', appId = '' } = there ?? {};
  if (there === undefined) {
    const made = asObject(
      await graph.create('/applications', { displayName: wanted.name, signInAudience: 'AzureADMyOrg', ...settings }),
    );
    [id, appId] = [asString(made['id']) ?? '', asString(made['appId']) ?? ''];
  } else if (step.differing.some(path => path === 'web.redirectUris' || path === 'groupMembershipClaims')) {
    await graph.update(`/applications/${id}`, settings);
  }
  if (there?.hasPrincipal !== true) await graph.create('/servicePrincipals', { appId });
  if (wanted.workload === undefined || issuer === undefined) return;
  if (there !== undefined && trusts(there, wanted, issuer)) return;
  await graph.create(`/applications/${id}/federatedIdentityCredentials`, {
    name: 'cluster',
    issuer,
    subject: wanted.workload.subject,
    audiences: [audience],
  });
}

/** What a person with the right to make applications runs instead, in this order. */
export function commandsFor(wanted: readonly DesiredApplication[]): string[] {
  return wanted.flatMap(({ name, redirectUri }) => [
    `id=$(az ad app create --display-name ${name} --sign-in-audience AzureADMyOrg --web-redirect-uris ${redirectUri} --query appId --output tsv)`,
    `az ad app update --id "$id" --set groupMembershipClaims=${groupClaims} --optional-claims '{"idToken":[{"name":"groups"}],"accessToken":[{"name":"groups"}]}'`,
    'az ad sp create --id "$id"',
  ]);
}
