import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import type { Applications } from './resolved.ts';

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
  const { branch, path: folder, delivery, sync } = defaults.applications;
  const path = fill(said.path ?? folder);
  return {
    repository: said.repository,
    branch: said.branch ?? branch,
    path,
    delivery: said.deliver ?? delivery,
    isAutomatic: (said.sync ?? sync) === 'automatic',
    hasRoot: said.root ?? false,
    project: platform,
    argoNamespace: defaults.applications.argoNamespace,
    apps: (said.apps ?? []).map(({ name, namespace, path: own, images = [], values = {} }, index) => ({
      name,
      namespace: namespace ?? name,
      path: own === undefined ? `${path}/${name}` : fill(own),
      images,
      values,
      setting: `applications.apps[${index}]`,
    })),
    setting: 'applications',
  };
}
