import { asArray, asBoolean, asObject, asString, isObject, type JsonObject, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '@suite/helm';
import type { KubernetesObject } from '@suite/kubernetes';
import { texts } from '../application.ts';
import { fillMap, mergePatch } from '../merge.ts';
import { NotRendered } from '../not-rendered.ts';
import type { TemplateOptions } from '../template/evaluate.ts';
import { type Notation, type Parameters, replaceAll, replaceText } from '../template/replace.ts';
import { type GeneratorContext, generate } from './generators.ts';

const finalizer = 'resources-finalizer.argocd.argoproj.io';

/**
 * The Applications that an ApplicationSet makes (argo-cd 3.6 applicationset/controllers/template). Throws NotRendered: where one of its
 * generators fails, the controller leaves all as it is.
 */
export async function expandSet(
  set: KubernetesObject,
  context: Omit<GeneratorContext, 'notation'>,
): Promise<KubernetesObject[]> {
  const spec = asObject(set['spec']);
  const notation = readNotation(spec);
  const found: KubernetesObject[] = [];
  for (const generator of asArray(spec['generators']).map(asObject)) {
    const { parameters, template } = await generate(generator, { ...context, notation });
    const merged = fillMap(template, asObject(spec['template']));
    found.push(...parameters.map(one => applicationOf(set, spec, merged, one, notation)));
  }
  const names = found.map(({ metadata }) => metadata.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new NotRendered(`It makes two Applications of the name ${twice}.`);
  return found;
}

function readNotation(spec: JsonObject): Notation {
  if (asBoolean(spec['goTemplate']) !== true) return { is: 'fast' };
  const options = texts(spec['goTemplateOptions']);
  const unknown = options.find(option => !Object.hasOwn(missingKeys, option));
  if (unknown !== undefined) throw new NotRendered(`\`${unknown}\` is no option of Go templates.`);
  const last = options.at(-1);
  return { is: 'go', options: { missingKey: last === undefined ? 'default' : (missingKeys[last] ?? 'default') } };
}

const missingKeys: Readonly<Record<string, TemplateOptions['missingKey']>> = {
  'missingkey=default': 'default',
  'missingkey=invalid': 'default',
  'missingkey=zero': 'zero',
  'missingkey=error': 'error',
};

function applicationOf(
  set: KubernetesObject,
  spec: JsonObject,
  template: JsonObject,
  parameters: Parameters,
  notation: Notation,
): KubernetesObject {
  const { metadata, spec: wanted } = asObject(replaceAll(template, parameters, notation));
  const about = asObject(metadata);
  const keeps = asBoolean(asObject(spec['syncPolicy'])['preserveResourcesOnDeletion']) ?? false;
  const finalizers = texts(about['finalizers']);
  const draft = {
    metadata: {
      ...about,
      ...(finalizers.length === 0 && !keeps ? { finalizers: [finalizer] } : {}),
    },
    spec: asObject(wanted),
  };
  const patched = patch(draft, asString(spec['templatePatch']), parameters, notation);
  const name = asString(patched.metadata['name']);
  if (!name) throw new NotRendered('It makes an Application without a name.');
  return {
    apiVersion: set.apiVersion,
    kind: 'Application',
    ...patched,
    metadata: { ...patched.metadata, name, namespace: set.metadata.namespace ?? '' },
  };
}

interface Draft {
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}

/** Of an Application only the finalizers are merged item by item; a patch cannot change its project. */
function patch(draft: Draft, text: string | undefined, parameters: Parameters, notation: Notation): Draft {
  if (text === undefined) return draft;
  const read = readPatch(replaceText(text, parameters, notation));
  const merged = asObject(mergePatch(draft, read));
  const [metadata, spec] = [asObject(merged['metadata']), asObject(merged['spec'])];
  const finalizers = [...new Set([...texts(draft.metadata['finalizers']), ...texts(metadata['finalizers'])])];
  return {
    metadata: finalizers.length === 0 ? metadata : { ...metadata, finalizers },
    spec: { ...spec, project: draft.spec['project'] },
  };
}

function readPatch(text: string): JsonObject {
  let patch: unknown;
  try {
    patch = parseKubernetesYaml(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new NotRendered(`\`templatePatch\` is no valid YAML: ${error.message}`);
  }
  if (patch === null) return {};
  if (!isObject(patch)) throw new NotRendered('`templatePatch` is no map.');
  if (/"\$(?:patch|retainKeys|setElementOrder|deleteFromPrimitiveList)/.test(JSON.stringify(patch))) {
    throw new NotRendered('`templatePatch` uses directives such as `$patch`, which are not supported here.');
  }
  return patch;
}
