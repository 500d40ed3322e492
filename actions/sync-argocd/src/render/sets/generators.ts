import { posix } from 'node:path';
import {
  asArray,
  asBoolean,
  asObject,
  asString,
  canonicalJson,
  isObject,
  type JsonObject,
  UserError,
} from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import { textMap } from '../application.ts';
import { createGlob } from '../glob.ts';
import { layOver } from '../merge.ts';
import type { ClusterFacts } from '../model.ts';
import { NotRendered } from '../not-rendered.ts';
import { normalizeName } from '../template/functions.ts';
import { type Notation, type Parameters, replaceAll, replaceText } from '../template/replace.ts';
import { format, fromJson, isList, isMap, textMapOf, type Value } from '../template/values.ts';
import type { Tree } from '../tree.ts';
import { readSelector } from './selector.ts';

export interface GeneratorContext {
  readonly notation: Notation;
  readonly clusters: readonly ClusterFacts[];
  /** The files of a repository at the revision that is planned. Throws NotRendered for one that is not there. */
  treeOf(repository: string, revision: string): Tree;
}

/** Parameters of a generator, and its own template, which counts before that of the set. */
export interface Generated {
  readonly parameters: readonly Parameters[];
  readonly template: JsonObject;
}

const mostParameters = 5000;
const inCluster = { name: 'in-cluster', server: 'https://kubernetes.default.svc' };

/**
 * What a generator gives (argo-cd 3.6 applicationset/generators). Others than list, git, clusters, matrix and merge ask somebody
 * outside, and are refused by name. Throws NotRendered.
 */
export async function generate(
  generator: JsonObject,
  context: GeneratorContext,
  given: Parameters = {},
): Promise<Generated> {
  const names = Object.keys(generator).filter(name => name !== 'selector' && isObject(generator[name]));
  const [name] = names;
  if (name === undefined || names.length > 1) {
    throw new NotRendered(`A generator names ${names.length === 0 ? 'nothing' : names.join(' and ')}.`);
  }
  const act = Object.hasOwn(generators, name) ? generators[name] : undefined;
  if (act === undefined) throw new NotRendered(`The generator \`${name}\` asks somebody outside, and is not run here.`);
  const raw = asObject(generator[name]);
  const settings = Object.keys(given).length === 0 ? raw : interpolated(raw, given, context.notation);
  const all = await act(settings, context);
  const { matches } = readSelector(generator['selector']);
  const parameters = isObject(generator['selector']) ? all.filter(one => matches(flattenTexts(one))) : all;
  if (parameters.length > mostParameters)
    throw new NotRendered(`The generator \`${name}\` gives more than ${mostParameters} Applications.`);
  return { parameters, template: asObject(settings['template']) };
}

type Act = (settings: JsonObject, context: GeneratorContext) => Promise<readonly Parameters[]>;

const generators: Readonly<Record<string, Act>> = {
  list: async ({ elements, elementsYaml }, { notation }) => {
    const own = asArray(elements).map(element => listElement(asObject(element), notation));
    const text = asString(elementsYaml) ?? '';
    const more = text === '' ? [] : asArray(readYaml(text, '`elementsYaml`')).map(asObject);
    return [...own, ...more.map(element => fromJson(element) as Parameters)];
  },
  git: async (settings, context) => {
    const tree = context.treeOf(asString(settings['repoURL']) ?? '', asString(settings['revision']) ?? '');
    if (asArray(settings['directories']).length > 0) return gitFolders(settings, tree, context.notation);
    if (asArray(settings['files']).length > 0) return gitFiles(settings, tree, context.notation);
    throw new NotRendered('A git generator names neither `directories` nor `files`.');
  },
  clusters: async (settings, context) => clusterParameters(settings, context),
  matrix: async ({ generators: inner }, context) => {
    const [first, second, ...rest] = asArray(inner).map(asObject);
    if (first === undefined || second === undefined || rest.length > 0) {
      throw new NotRendered('A matrix generator takes two generators.');
    }
    const combined: Parameters[] = [];
    for (const one of (await generate(first, context)).parameters) {
      for (const other of (await generate(second, context, one)).parameters) {
        combined.push(combine(one, other, context.notation));
        if (combined.length > mostParameters) {
          throw new NotRendered(`A matrix generator gives more than ${mostParameters} Applications.`);
        }
      }
    }
    return combined;
  },
  merge: async ({ generators: inner, mergeKeys }, context) => {
    const all = asArray(inner).map(asObject);
    const keys = [...new Set(asArray(mergeKeys).map(String))];
    if (all.length < 2) throw new NotRendered('A merge generator takes two generators or more.');
    if (keys.length === 0) throw new NotRendered('A merge generator needs `mergeKeys`.');
    const [base, ...others] = await Promise.all(
      all.map(async one => byKeys((await generate(one, context)).parameters, keys)),
    );
    const merged = new Map(base);
    for (const other of others) {
      for (const [key, over] of other) {
        const there = merged.get(key);
        if (there === undefined) continue;
        const value = context.notation.is === 'go' ? layOver(there, over) : { ...there, ...over };
        merged.set(key, value as Parameters);
      }
    }
    return [...merged.values()];
  },
};

/** Parameters of the first generator put into the second; templates for the Applications stay. */
function interpolated(settings: JsonObject, given: Parameters, notation: Notation): JsonObject {
  const strict: Notation = notation.is === 'go' ? { is: 'go', options: { missingKey: 'error' } } : notation;
  const { values, template, ...rest } = settings;
  // A value may hang on what the second gives itself, and is filled in then.
  const early = Object.entries(textMap(values)).map(([key, value]) => [key, tryReplace(value, given, strict)] as const);
  return {
    ...replaceAll(rest, given, notation),
    ...(template === undefined ? {} : { template }),
    ...(isObject(values) ? { values: Object.fromEntries(early) } : {}),
  };
}

function tryReplace(value: string, given: Parameters, notation: Notation): string {
  try {
    return replaceText(value, given, notation);
  } catch (error) {
    if (error instanceof NotRendered) return value;
    throw error;
  }
}

function listElement(element: JsonObject, notation: Notation): Parameters {
  if (notation.is === 'go') return fromJson(element) as Parameters;
  const entries = Object.entries(element).flatMap(([key, value]): (readonly [string, unknown])[] =>
    key === 'values' && isObject(value)
      ? Object.entries(value).map(([inner, item]) => [`values.${inner}`, item] as const)
      : [[key, value]],
  );
  const wrong = entries.find(([, value]) => typeof value !== 'string');
  if (wrong !== undefined) throw new NotRendered(`The element \`${wrong[0]}\` of a list generator is no text.`);
  return Object.fromEntries(entries as [string, string][]);
}

async function gitFolders(settings: JsonObject, tree: Tree, notation: Notation): Promise<readonly Parameters[]> {
  const wanted = asArray(settings['directories'])
    .map(asObject)
    .map(({ path, exclude }) => ({
      matches: createGlob(asString(path) ?? '', { are: 'path' }),
      isOut: asBoolean(exclude) ?? false,
    }));
  const taken = (await tree.folders()).filter(folder => {
    const matching = wanted.filter(({ matches }) => matches(folder));
    return matching.length > 0 && !matching.some(({ isOut }) => isOut);
  });
  return taken.map(folder => withValues(pathParameters(folder, undefined, settings, notation), settings, notation));
}

async function gitFiles(settings: JsonObject, tree: Tree, notation: Notation): Promise<readonly Parameters[]> {
  const patterns = asArray(settings['files'])
    .map(asObject)
    .map(({ path, exclude }) => ({
      matches: createGlob(asString(path) ?? '', { are: 'pathspec' }),
      isOut: asBoolean(exclude) ?? false,
    }));
  const files = (await tree.files(tree.root))
    .filter(({ path }) => patterns.some(({ matches, isOut }) => !isOut && matches(path)))
    .filter(({ path }) => !patterns.some(({ matches, isOut }) => isOut && matches(path)))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  const found: Parameters[] = [];
  for (const { path, full } of files) {
    for (const object of readParameters(await tree.text(full), `\`${path}\``)) {
      const content =
        notation.is === 'go' ? (fromJson(object) as Parameters) : flattenTexts(fromJson(object) as Parameters);
      const own = pathParameters(posix.dirname(path), posix.basename(path), settings, notation);
      found.push(withValues({ ...content, ...own }, settings, notation));
    }
  }
  return found;
}

/** One map, or a list of them. An empty file is an empty map. */
function readParameters(text: string, where: string): JsonObject[] {
  const value = readYaml(text, where);
  if (value === null) return [{}];
  const all = Array.isArray(value) ? value : [value];
  if (!all.every(isObject)) throw new NotRendered(`${where} is neither a map nor a list of maps.`);
  return all;
}

function pathParameters(path: string, file: string | undefined, settings: JsonObject, notation: Notation): Parameters {
  const prefix = asString(settings['pathParamPrefix']) ?? '';
  const basename = posix.basename(path);
  const segments = path.split('/');
  if (notation.is === 'go') {
    const about = {
      path,
      basename,
      basenameNormalized: normalizeName(basename),
      segments,
      ...(file === undefined ? {} : { filename: file, filenameNormalized: normalizeName(file) }),
    };
    return prefix === '' ? { path: about } : { [prefix]: { path: about } };
  }
  const name = prefix === '' ? 'path' : `${prefix}.path`;
  return {
    [name]: path,
    [`${name}.basename`]: basename,
    [`${name}.basenameNormalized`]: normalizeName(basename),
    ...(file === undefined ? {} : { [`${name}.filename`]: file, [`${name}.filenameNormalized`]: normalizeName(file) }),
    ...Object.fromEntries(segments.map((segment, index) => [`${name}[${index}]`, segment])),
  };
}

function clusterParameters(settings: JsonObject, { clusters, notation }: GeneratorContext): readonly Parameters[] {
  const { matches, isEmpty } = readSelector(settings['selector']);
  const chosen = clusters.filter(({ labels }) => matches({ ...labels, 'argocd.argoproj.io/secret-type': 'cluster' }));
  const all = chosen.map(cluster => withValues(parametersOfCluster(cluster, notation), settings, notation));
  // Argo CD's own cluster has a Secret only where somebody makes one.
  if (isEmpty && !chosen.some(({ server }) => server === inCluster.server)) {
    const own = { ...inCluster, nameNormalized: inCluster.name, project: '' };
    all.push(withValues(own, settings, notation));
  }
  return settings['flatList'] === true ? [{ clusters: all }] : all;
}

function parametersOfCluster(cluster: ClusterFacts, notation: Notation): Parameters {
  const { name, server, labels, annotations, project = '' } = cluster;
  const secret = { ...labels, 'argocd.argoproj.io/secret-type': 'cluster' };
  const common = { name, nameNormalized: normalizeName(name), server, project };
  if (notation.is === 'go') {
    const metadata = {
      labels: textMapOf(secret),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations: textMapOf(annotations) }),
    };
    return { ...common, metadata };
  }
  const flat = (what: string, map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [`metadata.${what}.${key}`, value]));
  return { ...common, ...flat('annotations', annotations), ...flat('labels', secret) };
}

/** `values` of a generator, which may use what it gives. */
function withValues(parameters: Parameters, settings: JsonObject, notation: Notation): Parameters {
  const values = Object.entries(textMap(settings['values'])).map(
    ([key, value]) => [key, replaceText(value, parameters, notation)] as const,
  );
  if (values.length === 0) return parameters;
  if (notation.is === 'go') return { ...parameters, values: textMapOf(Object.fromEntries(values)) };
  return { ...parameters, ...Object.fromEntries(values.map(([key, value]) => [`values.${key}`, value])) };
}

function combine(one: Parameters, other: Parameters, notation: Notation): Parameters {
  if (notation.is === 'go') return layOver(other, one) as Parameters;
  const [left, right] = [flattenTexts(one), flattenTexts(other)];
  const twice = Object.keys(right).find(key => Object.hasOwn(left, key) && left[key] !== right[key]);
  if (twice !== undefined) throw new NotRendered(`Both generators of a matrix give \`${twice}\`, and not the same.`);
  return { ...left, ...right };
}

function byKeys(all: readonly Parameters[], keys: readonly string[]): ReadonlyMap<string, Parameters> {
  const found = new Map<string, Parameters>();
  for (const one of all) {
    const key = canonicalJson(keys.map(name => (Object.hasOwn(one, name) ? format(one[name]) : null)));
    if (found.has(key))
      throw new NotRendered('A merge generator gets two sets of parameters with the same `mergeKeys`.');
    found.set(key, one);
  }
  return found;
}

/** `a.b` and `list.0`, as texts. */
function flattenTexts(parameters: Parameters): Record<string, string> {
  const flat: [string, string][] = [];
  const visit = (value: Value, path: string): void => {
    const inner = isList(value)
      ? value.map((item, index) => [String(index), item] as const)
      : isMap(value)
        ? Object.entries(value)
        : [];
    if (inner.length === 0) flat.push([path, isMap(value) ? 'map[]' : isList(value) ? '[]' : format(value)]);
    for (const [key, item] of inner) visit(item, path === '' ? key : `${path}.${key}`);
  };
  for (const [key, value] of Object.entries(parameters)) visit(value, key);
  return Object.fromEntries(flat);
}

function readYaml(text: string, where: string): unknown {
  try {
    return parseKubernetesYaml(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`${where} is no valid YAML: ${error.message}`);
  }
}
