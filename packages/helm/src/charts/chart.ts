import { asArray, asObject, asString, UserError } from '@suite/foundation';
import { parseKubernetesYaml } from '../yaml/kubernetes-yaml.ts';

export interface ChartDependency {
  readonly name: string;
  readonly version: string;
  /** Empty for one that only stands in `charts/`. */
  readonly repository: string;
  /** Path of the value that switches it on. */
  readonly condition?: string;
  readonly alias?: string;
}

/** What a chart says of itself. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  readonly appVersion?: string;
  /** Range of Kubernetes versions, `>=1.25.0-0`. */
  readonly kubeVersion?: string;
  readonly dependencies: readonly ChartDependency[];
  /** The text of its values.yaml, with comments; empty when there is none. */
  readonly values: string;
  /** The text of its values.schema.json. */
  readonly schema?: string;
  /**
   * Files of custom resource definitions in `crds/`, its own and those of its dependencies, by their path in the chart. Helm creates
   * them at the first install, and never again updates or deletes them.
   */
  readonly crds: readonly string[];
}

/** Reads a chart from its files by their path inside of the chart's folder. Throws a UserError when they are no chart. */
export function readChart(files: ReadonlyMap<string, Buffer>): Chart {
  const file = files.get('Chart.yaml');
  if (file === undefined) throw new UserError({ message: 'It has no Chart.yaml.' });
  const about = readAbout(file.toString('utf8'));
  const [name, version] = [asString(about['name']), asString(about['version'])];
  if (!name || !version) {
    throw new UserError({ message: `Its Chart.yaml has no \`${name ? 'version' : 'name'}\`.` });
  }
  const appVersion = asText(about['appVersion']);
  const kubeVersion = asString(about['kubeVersion']);
  const schema = files.get('values.schema.json')?.toString('utf8');
  return {
    name,
    version,
    ...(appVersion === undefined ? {} : { appVersion }),
    ...(kubeVersion === undefined ? {} : { kubeVersion }),
    dependencies: asArray(about['dependencies']).map(readDependency),
    values: files.get('values.yaml')?.toString('utf8') ?? '',
    ...(schema === undefined ? {} : { schema }),
    crds: [...files.keys()].filter(path => /^(?:charts\/[^/]+\/)*crds\/.+\.(?:ya?ml|json)$/.test(path)).sort(),
  };
}

function readAbout(text: string) {
  try {
    return asObject(parseKubernetesYaml(text));
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    throw new UserError({ message: `Its Chart.yaml is no valid YAML: ${cause.message}` });
  }
}

function readDependency(value: unknown): ChartDependency {
  const dependency = asObject(value);
  const [condition, alias] = [asString(dependency['condition']), asString(dependency['alias'])];
  return {
    name: asString(dependency['name']) ?? '',
    version: asString(dependency['version']) ?? '',
    repository: asString(dependency['repository']) ?? '',
    ...(condition === undefined ? {} : { condition }),
    ...(alias === undefined ? {} : { alias }),
  };
}

/** Helm takes a number for a text here, as people write `appVersion: 1.16`. */
function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
