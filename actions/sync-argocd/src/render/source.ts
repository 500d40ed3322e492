import { asArray, asBoolean, asNumber, asObject, asString, isObject, type JsonObject } from '@suite/foundation';
import { textMap, texts } from './application.ts';
import { NotRendered } from './not-rendered.ts';

/** One source of an Application. */
export interface Source {
  readonly repository: string;
  /** Folder in the repository; undefined for a chart of a Helm repository, or one that is only referred to. */
  readonly path: string | undefined;
  readonly chart: string | undefined;
  readonly revision: string;
  /** The name by which other sources refer to its files: `$name/…`. */
  readonly ref: string | undefined;
  readonly kind: 'helm' | 'kustomize' | 'directory' | 'plugin' | undefined;
  readonly helm: HelmSettings;
  readonly kustomize: KustomizeSettings;
  readonly directory: DirectorySettings;
}

export interface HelmSettings {
  readonly releaseName: string | undefined;
  readonly valueFiles: readonly string[];
  readonly ignoreMissingValueFiles: boolean;
  /** An object, or the text of a values file. */
  readonly values: JsonObject | string | undefined;
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly forceString: boolean }[];
  readonly fileParameters: readonly { readonly name: string; readonly path: string }[];
  readonly skipCrds: boolean;
  readonly skipTests: boolean;
  readonly skipSchemaValidation: boolean;
  readonly namespace: string | undefined;
  readonly kubeVersion: string | undefined;
  readonly apiVersions: readonly string[];
}

export interface KustomizeSettings {
  readonly namePrefix: string;
  readonly nameSuffix: string;
  readonly namespace: string;
  readonly images: readonly string[];
  readonly replicas: readonly { readonly name: string; readonly count: number }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly forceLabels: boolean;
  readonly labelWithoutSelector: boolean;
  readonly labelIncludeTemplates: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  readonly forceAnnotations: boolean;
  readonly annotationsSubstituted: boolean;
  readonly patches: readonly JsonObject[];
  readonly components: readonly string[];
  readonly ignoreMissingComponents: boolean;
}

export interface DirectorySettings {
  readonly recurse: boolean;
  readonly include: string;
  readonly exclude: string;
  readonly disableExtensionFilter: boolean;
}

/** Reads a source (argo-cd 3.6 `ApplicationSource`). Throws NotRendered for one that says two things at once. */
export function readSource(raw: JsonObject): Source {
  const kinds = (['kustomize', 'helm', 'directory', 'plugin'] as const).filter(kind => isObject(raw[kind]));
  if (kinds.length > 1) throw new NotRendered(`The source is said to be ${kinds.join(' and ')} at once.`);
  return {
    repository: asString(raw['repoURL']) ?? '',
    path: asString(raw['path']) || undefined,
    chart: asString(raw['chart']) || undefined,
    revision: asString(raw['targetRevision']) ?? '',
    ref: asString(raw['ref']) || undefined,
    kind: kinds[0],
    helm: readHelm(asObject(raw['helm'])),
    kustomize: readKustomize(asObject(raw['kustomize'])),
    directory: readDirectory(asObject(raw['directory'])),
  };
}

function readHelm(helm: JsonObject): HelmSettings {
  const { values, valuesObject } = helm;
  return {
    releaseName: asString(helm['releaseName']) || undefined,
    valueFiles: texts(helm['valueFiles']),
    ignoreMissingValueFiles: asBoolean(helm['ignoreMissingValueFiles']) ?? false,
    // The object counts where both are there.
    values: isObject(valuesObject) ? valuesObject : asString(values) || undefined,
    parameters: asArray(helm['parameters'])
      .map(asObject)
      .map(({ name, value, forceString }) => ({
        name: asString(name) ?? '',
        value: asString(value) ?? '',
        forceString: asBoolean(forceString) ?? false,
      })),
    fileParameters: asArray(helm['fileParameters'])
      .map(asObject)
      .map(({ name, path }) => ({ name: asString(name) ?? '', path: asString(path) ?? '' })),
    skipCrds: asBoolean(helm['skipCrds']) ?? false,
    skipTests: asBoolean(helm['skipTests']) ?? false,
    skipSchemaValidation: asBoolean(helm['skipSchemaValidation']) ?? false,
    namespace: asString(helm['namespace']) || undefined,
    kubeVersion: asString(helm['kubeVersion']) || undefined,
    apiVersions: texts(helm['apiVersions']),
  };
}

function readKustomize(kustomize: JsonObject): KustomizeSettings {
  return {
    namePrefix: asString(kustomize['namePrefix']) ?? '',
    nameSuffix: asString(kustomize['nameSuffix']) ?? '',
    namespace: asString(kustomize['namespace']) ?? '',
    images: texts(kustomize['images']),
    replicas: asArray(kustomize['replicas']).map(asObject).map(readReplica),
    labels: textMap(kustomize['commonLabels']),
    forceLabels: asBoolean(kustomize['forceCommonLabels']) ?? false,
    labelWithoutSelector: asBoolean(kustomize['labelWithoutSelector']) ?? false,
    labelIncludeTemplates: asBoolean(kustomize['labelIncludeTemplates']) ?? false,
    annotations: textMap(kustomize['commonAnnotations']),
    forceAnnotations: asBoolean(kustomize['forceCommonAnnotations']) ?? false,
    annotationsSubstituted: asBoolean(kustomize['commonAnnotationsEnvsubst']) ?? false,
    patches: asArray(kustomize['patches']).map(asObject),
    components: texts(kustomize['components']),
    ignoreMissingComponents: asBoolean(kustomize['ignoreMissingComponents']) ?? false,
  };
}

function readReplica({ name, count }: JsonObject): { readonly name: string; readonly count: number } {
  const number = asNumber(count) ?? Number(asString(count)?.trim() || Number.NaN);
  if (!Number.isInteger(number)) throw new NotRendered(`The replicas of ${String(name)} are no whole number.`);
  return { name: asString(name) ?? '', count: number };
}

function readDirectory(directory: JsonObject): DirectorySettings {
  return {
    recurse: asBoolean(directory['recurse']) ?? false,
    include: asString(directory['include']) ?? '',
    exclude: asString(directory['exclude']) ?? '',
    disableExtensionFilter: asBoolean(directory['disableExtensionFilter']) ?? false,
  };
}
