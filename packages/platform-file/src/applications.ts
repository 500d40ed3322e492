import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import type { Applications, ArgoHub, ArgoServer } from './resolved.ts';
import type { ApplicationsSource } from './schema/applications.ts';

interface Place {
  readonly platform: string;
  readonly scope: string;
  readonly region: string;
}

/** Undefined where Argo CD deploys nothing. What has no repository is refused when the file is read. */
export function resolveApplications({ platform, scope, region }: Place, merged: Merged): Applications | undefined {
  const said = merged.applications;
  if (said === undefined || said === false || said.repository === undefined) return undefined;
  const fill = (path: string) => path.replaceAll('{environment}', scope).replaceAll('{region}', region);
  const { branch, path: folder, delivery, sync, argoNamespace } = defaults.applications;
  const path = fill(said.path ?? folder);
  const hub = resolveHub(said['argo-cd']);
  const project = hub === undefined ? platform : `${platform}-${scope}-${region}`;
  return {
    repository: said.repository,
    branch: said.branch ?? branch,
    path,
    delivery: said.deliver ?? delivery,
    isAutomatic: (said.sync ?? sync) === 'automatic',
    hasRoot: said.root ?? false,
    project,
    argoNamespace: (hub === undefined ? undefined : said['argo-cd']?.namespace) ?? argoNamespace,
    hub,
    server: resolveServer(said['argo-cd']),
    apps: (said.apps ?? []).map(({ name, namespace, path: own, images = [], charts = [], values = {} }, index) => ({
      name,
      application: hub === undefined ? name : `${project}-${name}`,
      namespace: namespace ?? name,
      path: own === undefined ? `${path}/${name}` : fill(own),
      images,
      charts,
      values,
      setting: `applications.apps[${index}]`,
    })),
    setting: 'applications',
  };
}

type ArgoSource = ApplicationsSource['argo-cd'];

function resolveHub(said: ArgoSource): ArgoHub | undefined {
  if (said?.cluster === undefined) return undefined;
  const [, , subscription = '', , resourceGroup = '', , , , name = ''] = said.cluster.split('/');
  return {
    id: said.cluster,
    subscription,
    resourceGroup,
    name,
    clientId: said['client-id'],
    objectId: said['object-id'],
  };
}

function resolveServer(said: ArgoSource): ArgoServer | undefined {
  if (said?.server === undefined) return undefined;
  return { address: said.server, audience: said.audience, connector: said['dex-connector'] };
}
