import type { Platform, ScopeView } from '@suite/platform-file';
import { type TerraformRoot, terraformRoot } from '../variables.ts';
import { findSources } from './find-sources.ts';
import { type Sources, shownFolder } from './sources.ts';

export interface NamedSources {
  /** `environment`, `environment with terraform/more`, `infra`. */
  readonly name: string;
  readonly root: TerraformRoot;
  readonly sources: Sources;
}

/** The configurations of all scopes, each once, in the order of the scopes. Throws like `findSources`. */
export async function distinctSources(
  views: readonly Pick<ScopeView, 'kind' | 'scope' | 'region' | 'terraform'>[],
  platform: Platform,
  repository: string,
): Promise<NamedSources[]> {
  const found = new Map<string, NamedSources>();
  for (const view of views) {
    const root = terraformRoot(view);
    const sources = await findSources(view, platform, repository);
    const name = {
      suite: root,
      extension: `${root} with ${shownFolder(sources)}`,
      root: shownFolder(sources),
    }[sources.kind];
    if (!found.has(name)) found.set(name, { name, root, sources });
  }
  return [...found.values()];
}
