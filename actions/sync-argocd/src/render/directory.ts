import { parseJson } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { readObjects, unpack } from './documents.ts';
import { createGlob } from './glob.ts';
import { NotRendered } from './not-rendered.ts';
import type { DirectorySettings } from './source.ts';
import { bounds, type Tree } from './tree.ts';

const manifest = /\.(?:yaml|yml|json|jsonnet)$/;
const skipMarker = '+argocd:skip-file-rendering';

/** Plain manifests of a folder, in the order in which Argo CD reads them (argo-cd 3.6 reposerver/repository/repository.go, `findManifests`). */
export async function renderDirectory(
  folder: string,
  { recurse, include, exclude, disableExtensionFilter }: DirectorySettings,
  tree: Tree,
): Promise<KubernetesObject[]> {
  const rules = { are: 'argo', separators: '' } as const;
  const isIncluded = include === '' ? () => true : createGlob(include, rules);
  const isExcluded = exclude === '' ? () => false : createGlob(exclude, rules);
  const files = (await tree.files(folder, { isDeep: recurse })).filter(
    ({ path }) => (disableExtensionFilter || manifest.test(path)) && !isExcluded(path) && isIncluded(path),
  );
  const objects: KubernetesObject[] = [];
  let bytes = 0;
  for (const { full, path, bytes: size } of files) {
    bytes += size;
    if (bytes > bounds.manifestBytes) {
      throw new NotRendered(
        `The manifests in \`${tree.nameOf(folder)}\` are more than ${bounds.manifestBytes / 1024 / 1024} MiB.`,
      );
    }
    const text = await tree.text(full);
    if (text.includes(skipMarker)) continue;
    const name = `\`${tree.nameOf(full)}\``;
    if (path.endsWith('.jsonnet')) throw new NotRendered(`${name} is Jsonnet, which is not evaluated here.`);
    objects.push(...(path.endsWith('.json') ? readJson(text, name) : readYaml(text, name)));
  }
  return objects;
}

function readJson(text: string, name: string): KubernetesObject[] {
  const document = parseJson(text.replace(/^\ufeff/, ''));
  if (document === undefined) throw new NotRendered(`${name} is not one JSON document.`);
  return unpack(document, name);
}

/** A file that does not look like manifests, such as values, is passed over when it is none. */
function readYaml(text: string, name: string): KubernetesObject[] {
  try {
    return readObjects(text, name);
  } catch (error) {
    const looksLikeOne = ['apiVersion:', 'kind:', 'metadata:'].every(word => text.includes(word));
    if (!(error instanceof NotRendered) || looksLikeOne) throw error;
    return [];
  }
}
