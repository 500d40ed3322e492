import path from 'node:path';
import { at, copyOf, type Fields, objects, stringMap, strings, text } from '../../objects.ts';
import { parseManifests, SourceError } from './manifests.ts';

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

export function isKustomization(name: string): boolean {
  return fileNames.includes(name);
}

/** `images:` of a kustomization. */
interface ImageChange {
  readonly name: string;
  readonly newName: string | undefined;
  readonly newTag: string | undefined;
  readonly digest: string | undefined;
}

const known = ['apiVersion', 'kind', 'metadata', 'resources', 'images', 'namespace'];
const knownOptions = ['images', 'namespace'];

/** The part of Kustomize that plain GitOps repositories use; it refuses the rest by name. Throws a SourceError. */
export function build(
  files: ReadonlyMap<string, string>,
  folder: string,
  options: Readonly<Fields>,
): readonly Fields[] {
  const other = Object.keys(options).find(key => !knownOptions.includes(key));
  if (other !== undefined) throw new SourceError(`The sandbox's Argo CD does not play kustomize.${other}.`);
  const overrides = strings(options['images']).map(parseOverride);
  return change(read(files, folder, folder), {
    images: overrides,
    namespace: text(options['namespace']),
  });
}

function read(files: ReadonlyMap<string, string>, folder: string, root: string): Built {
  const fail = (why: string): SourceError =>
    new SourceError(`\`kustomize build <path to cached source>/${root}\` failed exit status 1: Error: ${why}`);
  const file = fileNames.map(name => path.posix.join(folder, name)).find(name => files.has(name));
  if (file === undefined) {
    throw fail(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '<path to cached source>/${folder}'`,
    );
  }
  const [kustomization = {}] = parseManifests(file, `kind: Kustomization\n${withoutKind(files.get(file) ?? '')}`);
  const unknown = Object.keys(kustomization).find(key => !known.includes(key));
  if (unknown !== undefined) throw fail(`the sandbox's Kustomize does not play the field ${unknown} of ${file}`);
  const found = strings(kustomization['resources']).flatMap(resource => {
    const place = path.posix.join(folder, resource);
    const content = files.get(place);
    if (content !== undefined) return parseManifests(place, content).map(one => copyOf(one));
    if ([...files.keys()].some(name => name.startsWith(`${place}/`))) return finish(read(files, place, root));
    throw fail(
      `accumulating resources: accumulation err='accumulating resources from '${resource}': evalsymlink failure on '<path to cached source>/${place}' : lstat <path to cached source>/${place}: no such file or directory'`,
    );
  });
  return {
    found,
    images: objects(kustomization['images']).map(one => {
      const { name = '', newName, newTag, digest } = stringMap(one);
      return { name, newName, newTag: newTag ?? numberText(one['newTag']), digest };
    }),
    namespace: text(kustomization['namespace']),
  };
}

interface Built {
  readonly found: readonly Fields[];
  readonly images: readonly ImageChange[];
  readonly namespace: string | undefined;
}

function numberText(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : undefined;
}

/** A kustomization need not say what it is. */
function withoutKind(content: string): string {
  return content.replace(/^kind:.*$/m, '').replace(/^---\s*$/m, '');
}

/** What `kustomize edit` does to a kustomization before it is built. */
function change(
  built: Built,
  edits: { readonly images: readonly ImageChange[]; readonly namespace: string | undefined },
): readonly Fields[] {
  const names = edits.images.map(({ name }) => name);
  return finish({
    found: built.found,
    images: [...built.images.filter(({ name }) => !names.includes(name)), ...edits.images],
    namespace: edits.namespace ?? built.namespace,
  });
}

function finish({ found, images, namespace }: Built): readonly Fields[] {
  return found.map(object => {
    const changed = withImages(object, images) as Fields;
    const isOfCluster = clusterKinds.has(String(object['kind']));
    if (namespace === undefined || isOfCluster) return changed;
    return { ...changed, metadata: { ...at(changed, 'metadata'), namespace } };
  });
}

/** Kinds without a namespace, of those that GitOps repositories hold (kustomize, api/internal/konfig/builtinpluginconsts). */
const clusterKinds = new Set([
  'APIService',
  'ClusterRole',
  'ClusterRoleBinding',
  'CustomResourceDefinition',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'StorageClass',
  'ValidatingWebhookConfiguration',
]);

/** Images of all containers, wherever they stand. */
function withImages(value: unknown, changes: readonly ImageChange[]): unknown {
  if (Array.isArray(value)) return value.map(one => withImages(one, changes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      if (key !== 'containers' && key !== 'initContainers') return [key, withImages(one, changes)];
      return [
        key,
        objects(one).map(container => {
          const image = text(container['image']);
          return image === undefined ? container : { ...container, image: changes.reduce(changed, image) };
        }),
      ];
    }),
  );
}

function changed(image: string, { name, newName, newTag, digest }: ImageChange): string {
  const now = splitImage(image);
  if (now.name !== name) return image;
  const keepsOwn = newTag === undefined && digest === undefined;
  const tag = keepsOwn ? now.tag : newTag;
  const by = keepsOwn ? now.digest : digest;
  return `${newName ?? name}${tag === undefined ? '' : `:${tag}`}${by === undefined ? '' : `@${by}`}`;
}

/** `[name=]repository[:tag][@digest]`, as `kustomize edit set image` reads it. */
function parseOverride(override: string): ImageChange {
  const at = override.indexOf('=');
  const wanted = splitImage(at < 0 ? override : override.slice(at + 1));
  const name = at < 0 ? wanted.name : override.slice(0, at);
  return {
    name,
    newName: at < 0 || wanted.name === '*' ? undefined : wanted.name,
    newTag: wanted.tag,
    digest: wanted.digest,
  };
}

export function splitImage(image: string): {
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
} {
  const [, name = image, tag, digest] = /^(.+?)(?::([^:/@]+))?(?:@(.+))?$/.exec(image) ?? [];
  return { name, tag, digest };
}
