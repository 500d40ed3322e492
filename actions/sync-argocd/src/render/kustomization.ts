import { asArray, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { type BuildEnvironment, substitute } from './environment.ts';
import { NotRendered } from './not-rendered.ts';
import type { KustomizeSettings } from './source.ts';

export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Fields whose entries may be folders that are built on their own. */
const folderFields = ['resources', 'bases', 'components', 'generators', 'transformers', 'validators', 'crds'] as const;

/** Entries of a kustomization that may be folders or files; what is written out in place is not among them. */
export function referencesOf(kustomization: JsonObject): { readonly field: string; readonly entry: string }[] {
  return folderFields.flatMap(field =>
    asArray(kustomization[field]).flatMap(entry =>
      typeof entry === 'string' && !entry.includes('\n') ? [{ field, entry }] : [],
    ),
  );
}

/** The kustomization with the folders that it refers to renamed. */
export function withReferences(kustomization: JsonObject, rename: (entry: string) => string): JsonObject {
  const renamed = folderFields.flatMap(field =>
    Array.isArray(kustomization[field])
      ? [
          [
            field,
            asArray(kustomization[field]).map(entry => (typeof entry === 'string' ? rename(entry) : entry)),
          ] as const,
        ]
      : [],
  );
  return { ...kustomization, ...Object.fromEntries(renamed) };
}

/** Whether Kustomize would fetch this entry where no such file or folder exists (kustomize api/internal/git/repospec.go). */
export function looksRemote(entry: string): boolean {
  return (
    /^[a-z][a-z0-9+.-]*::?\/\//i.test(entry) ||
    /^(?:git::|gh:)/i.test(entry) ||
    /^[\w.-]+@[\w.-]+[:/]/.test(entry) ||
    /^github\.com[:/]/i.test(entry) ||
    /[?&](?:ref|version|submodules|timeout)=/.test(entry) ||
    /^[\w-]+(?:\.[\w-]+)+\/.+\/\//.test(entry)
  );
}

/** What a kustomization asks for that is not done here. Throws NotRendered. */
export function refuseForeign(kustomization: JsonObject, where: string): void {
  for (const field of ['helmCharts', 'helmChartInflationGenerator', 'helmGlobals']) {
    if (kustomization[field] !== undefined) {
      throw new NotRendered(`${where} uses \`${field}\`, which needs Argo CD's build option \`--enable-helm\`.`);
    }
  }
  const address = findAddress(kustomization, '');
  if (address !== undefined) throw new NotRendered(`${where} refers to a remote base or file, \`${address}\`.`);
}

const contentFields = new Set([
  'patch',
  'literals',
  'value',
  'commonAnnotations',
  'commonLabels',
  'labels',
  'pairs',
  'options',
]);

/** Kustomize fetches a file with such an address wherever it takes a path. */
function findAddress(value: unknown, field: string): string | undefined {
  if (typeof value === 'string') {
    // Files of generators are `key=path`.
    const path = field === 'files' ? value.slice(value.indexOf('=') + 1) : value;
    return /^https?:\/\//i.test(path.trim()) ? path : undefined;
  }
  const inner: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map(item => [field, item] as const)
    : isObject(value)
      ? Object.entries(value).filter(([key]) => !contentFields.has(key))
      : [];
  for (const [key, item] of inner) {
    const found = findAddress(item, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

export function changesNothing(settings: KustomizeSettings): boolean {
  return (
    settings.namePrefix === '' &&
    settings.nameSuffix === '' &&
    settings.namespace === '' &&
    settings.images.length === 0 &&
    settings.replicas.length === 0 &&
    Object.keys(settings.labels).length === 0 &&
    Object.keys(settings.annotations).length === 0 &&
    settings.patches.length === 0 &&
    settings.components.length === 0
  );
}

/**
 * The kustomization as Argo CD edits it before it builds (argo-cd 3.6 util/kustomize/kustomize.go, and what `kustomize edit` does,
 * kustomize/commands/edit). Throws NotRendered where an edit would fail.
 */
export function editKustomization(
  kustomization: JsonObject,
  settings: KustomizeSettings,
  environment: BuildEnvironment,
): JsonObject {
  const edited: Record<string, unknown> = { ...kustomization };
  if (settings.namePrefix !== '') edited['namePrefix'] = settings.namePrefix;
  if (settings.nameSuffix !== '') edited['nameSuffix'] = settings.nameSuffix;
  if (settings.images.length > 0) {
    const given = settings.images.map(image => readImage(substitute(image, environment)));
    edited['images'] = mergeImages(asArray(kustomization['images']).map(asObject), given);
  }
  if (settings.replicas.length > 0) {
    edited['replicas'] = byName([
      ...asArray(kustomization['replicas']).map(asObject),
      ...settings.replicas.map(one => ({ ...one })),
    ]);
  }
  addLabels(edited, settings, environment);
  if (Object.keys(settings.annotations).length > 0) {
    const given = settings.annotationsSubstituted
      ? mapValues(settings.annotations, value => substitute(value, environment))
      : settings.annotations;
    edited['commonAnnotations'] = addTo(edited['commonAnnotations'], given, settings.forceAnnotations, 'annotation');
  }
  if (settings.namespace !== '') edited['namespace'] = settings.namespace;
  if (settings.patches.length > 0) edited['patches'] = [...asArray(kustomization['patches']), ...settings.patches];
  if (settings.components.length > 0) {
    const there = asArray(kustomization['components']);
    edited['components'] = [...there, ...settings.components.filter(component => !there.includes(component))];
  }
  return edited;
}

function addLabels(edited: Record<string, unknown>, settings: KustomizeSettings, environment: BuildEnvironment): void {
  if (Object.keys(settings.labels).length === 0) return;
  const given = mapValues(settings.labels, value => substitute(value, environment));
  const { labelWithoutSelector, labelIncludeTemplates, forceLabels } = settings;
  if (!labelWithoutSelector) {
    if (labelIncludeTemplates) throw new NotRendered('`labelIncludeTemplates` needs `labelWithoutSelector`.');
    edited['commonLabels'] = addTo(edited['commonLabels'], given, forceLabels, 'label');
    return;
  }
  const groups = asArray(edited['labels']).map(asObject);
  const index = groups.findIndex(
    ({ includeSelectors, includeTemplates }) =>
      includeSelectors !== true && (includeTemplates === true) === labelIncludeTemplates,
  );
  const group = groups[index] ?? { includeSelectors: false, includeTemplates: labelIncludeTemplates };
  const pairs = addTo(group['pairs'], given, forceLabels, 'label');
  const changed = { ...group, pairs };
  edited['labels'] = index < 0 ? [...groups, changed] : groups.with(index, changed);
}

function addTo(there: unknown, given: Readonly<Record<string, string>>, force: boolean, what: string): JsonObject {
  const taken = Object.keys(given).find(key => Object.hasOwn(asObject(there), key));
  if (taken !== undefined && !force) {
    throw new NotRendered(`The ${what} \`${taken}\` stands in the kustomization already, and is not forced.`);
  }
  return { ...asObject(there), ...mapValues(given, value => value.replace(/^"(.*)"$/s, '$1')) };
}

interface Image {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** `name=new-name:tag@digest`, `name:tag`, `name@digest` */
export function readImage(argument: string): Image {
  const at = argument.indexOf('=');
  const { name, tag, digest } = splitImage(argument.slice(at + 1));
  if (name === '' || (at < 0 && tag === '' && digest === '')) {
    throw new NotRendered(`\`${argument}\` is no image for Kustomize: \`name=new-name:tag@digest\`.`);
  }
  return {
    name: at < 0 ? name : argument.slice(0, at),
    ...(at < 0 ? {} : { newName: name }),
    ...(tag === '' ? {} : { newTag: tag }),
    ...(digest === '' ? {} : { digest }),
  };
}

function splitImage(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const slash = Math.max(image.indexOf('/'), 0);
  const at = image.indexOf('@', slash);
  const named = at < 0 ? image : image.slice(0, at);
  const colon = named.indexOf(':', slash);
  return {
    name: colon < 0 ? named : named.slice(0, colon),
    tag: colon < 0 ? '' : named.slice(colon + 1),
    digest: at < 0 ? '' : image.slice(at + 1),
  };
}

const keep = '*';

function mergeImages(there: readonly JsonObject[], given: readonly Image[]): JsonObject[] {
  const merged = new Map<string, JsonObject>(there.map(image => [asString(image['name']) ?? '', image]));
  for (const image of given) {
    const before = asObject(merged.get(image.name));
    const value = (key: 'newName' | 'newTag' | 'digest') => (image[key] === keep ? asString(before[key]) : image[key]);
    const [newName, newTag, digest] = [value('newName'), value('newTag'), value('digest')];
    merged.set(image.name, {
      name: image.name,
      ...(newName === undefined ? {} : { newName }),
      ...(newTag === undefined ? {} : { newTag }),
      ...(digest === undefined ? {} : { digest }),
    });
  }
  return byName([...merged.values()]);
}

/** Later ones of the same name count. */
function byName(items: readonly JsonObject[]): JsonObject[] {
  const unique = new Map(items.map(item => [asString(item['name']) ?? '', item]));
  return [...unique].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, item]) => item);
}

function mapValues(map: Readonly<Record<string, string>>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
