import { asArray, asObject, type JsonObject } from '@suite/foundation';
import { at } from '../releases/values.ts';
import { parseImage } from './image-reference.ts';
import type { ImagePlace } from './place.ts';

/** An image in the registry of the environment. */
export interface Pointer {
  readonly host: string;
  readonly repository: string;
  readonly digest: string;
  readonly tag: string | undefined;
}

/**
 * Which of the rendered images each place names; places that none is rendered of are left out. `values`: what was rendered with,
 * which may name another repository or tag than the chart. Pure.
 */
export function matchPlaces(
  places: readonly ImagePlace[],
  rendered: readonly string[],
  values: JsonObject,
): ReadonlyMap<ImagePlace, string> {
  const found = new Map<ImagePlace, string>();
  for (const place of places) {
    const wanted = repositoryOf(place, values);
    const named = rendered.filter(image => {
      const reference = parseImage(image);
      const name = `${reference?.host}/${reference?.repository}`;
      return name === wanted || name.endsWith(`/${wanted}`);
    });
    const said = textAt(values, place, 'tag');
    // A tag of one component leaves the others at the chart's.
    const elsewhere = places.filter(one => one !== place).flatMap(one => textAt(values, one, 'tag') ?? []);
    const own =
      named.length < 2
        ? named
        : named.filter(image => {
            const { tag = '' } = parseImage(image) ?? {};
            return said === undefined ? !elsewhere.includes(tag) : tag === said;
          });
    const [only] = own;
    if (only !== undefined && own.length === 1) found.set(place, only);
  }
  return found;
}

function repositoryOf(place: ImagePlace, values: JsonObject): string {
  if (place.form === 'folder-image-version') {
    const [folder, image] = [textAt(values, place, 'repository'), textAt(values, place, 'image')];
    const parts = place.repository.split('/');
    const whole = `${folder ?? parts.slice(0, -1).join('/')}/${image ?? parts.at(-1)}`;
    return folder === undefined ? whole : referenceOf(whole);
  }
  const said = textAt(values, place, place.form === 'name-tag' ? 'name' : 'repository');
  if (said === undefined) return place.repository;
  // Of a whole name the registry may be left out, of a part it is another key's.
  return place.form.startsWith('registry') ? said : referenceOf(said);
}

function referenceOf(said: string): string {
  const { host, repository } = parseImage(said) ?? { host: '', repository: said };
  return `${host}/${repository}`;
}

function textAt(values: JsonObject, { path }: ImagePlace, key: string): string | undefined {
  const said = at(values, ...path, key);
  return typeof said === 'string' && said !== '' ? said : undefined;
}

/** Values that point the places at the registry of the environment, to lie over all others. Pure. */
export function pointValues(pointers: ReadonlyMap<ImagePlace, Pointer>, values: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  for (const [place, pointer] of pointers) {
    if (place.form === 'containers') putContainers(result, place, pointer, values);
    else put(result, place.path, blockOf(place, pointer, values));
  }
  const hasRegistries = [...pointers.keys()].some(({ form }) => form.startsWith('registry'));
  // These charts put it before every other registry.
  if (hasRegistries && at(values, 'global', 'imageRegistry')) put(result, ['global'], { imageRegistry: '' });
  return result;
}

/** A list replaces the one below it, so it is given whole. */
function putContainers(into: Record<string, unknown>, place: ImagePlace, pointer: Pointer, values: JsonObject): void {
  const [key = ''] = place.path.slice(-1);
  const containers = asArray(at(values, ...place.path)).map(container => {
    const { image } = asObject(container);
    const reference = typeof image === 'string' ? parseImage(image) : undefined;
    const isIt =
      reference !== undefined && `${reference.host}/${reference.repository}`.endsWith(`/${place.repository}`);
    return isIt
      ? { ...asObject(container), image: `${pointer.host}/${pointer.repository}@${pointer.digest}` }
      : container;
  });
  if (containers.length > 0) put(into, place.path.slice(0, -1), { [key]: containers });
}

function blockOf(place: ImagePlace, { host, repository, digest, tag }: Pointer, values: JsonObject): JsonObject {
  const digits = digest.replace('sha256:', '');
  switch (place.form) {
    case 'repository-digest': {
      // What stands there is put before the repository, even before a whole one.
      const registry = textAt(values, place, 'registry') === undefined ? {} : { registry: '' };
      return { ...registry, repository: `${host}/${repository}`, digest };
    }
    case 'registry-digest':
      return { registry: host, repository, digest };
    case 'registry-sha':
      return { registry: host, repository, sha: digits };
    case 'registry-whole-sha':
      return { registry: host, repository, sha: digest };
    case 'containers':
      throw new TypeError('Containers are no block.');
    case 'repository-tag-digest':
      return { repository: `${host}/${repository}`, tag: tag ?? 'mirrored', digest };
    case 'name-tag':
      return { name: `${host}/${repository}`, tag: `${tag ?? 'mirrored'}@${digest}` };
    case 'folder-image-version': {
      const parts = repository.split('/');
      const folder = [host, ...parts.slice(0, -1)].join('/');
      return { repository: folder, image: parts.at(-1), version: `${tag ?? 'mirrored'}@${digest}` };
    }
    case 'repository-tag':
      return { repository: `${host}/${repository}`, tag: `${tag ?? 'mirrored'}@${digest}` };
  }
}

function put(into: Record<string, unknown>, path: readonly string[], block: JsonObject): void {
  let here = into;
  for (const step of path) {
    const next = (here[step] ?? {}) as Record<string, unknown>;
    here[step] = next;
    here = next;
  }
  Object.assign(here, block);
}
