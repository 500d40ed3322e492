import type { Route } from '../network/http.ts';
import type { RegistryContent } from '../registry/content.ts';
import { type Charts, createChartCatalog } from './catalog.ts';
import { ociHosts, publicRegistryOf } from './oci-hosts.ts';
import { repositoryHosts } from './repository-hosts.ts';

/** The registries and repositories that charts come from. `folder` holds archives of real charts in the place of ours. */
export function createChartHosts(folder?: string): {
  readonly charts: Charts;
  readonly routes: readonly Route[];
  /** What a public registry holds, images as well; undefined for a host that is none. */
  readonly contentOf: (host: string) => RegistryContent | undefined;
} {
  const catalog = createChartCatalog(folder);
  return {
    charts: catalog.charts,
    routes: [...ociHosts(catalog.contentOf), ...repositoryHosts(catalog)],
    contentOf: name => {
      const host = publicRegistryOf(name);
      return host === undefined ? undefined : catalog.contentOf(host);
    },
  };
}
