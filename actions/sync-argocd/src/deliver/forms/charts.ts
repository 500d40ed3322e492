import { posix } from 'node:path';
import { nearest, type Problem, sentenceList } from '@suite/foundation';
import { nodeAt, type Path, stringAt } from '@suite/platform-file/yaml';
import { type Document, isMap, isSeq } from 'yaml';
import { chartKey, chartName, sourceAddress } from '../../chart-address.ts';
import type { Draft } from '../draft.ts';
import type { DeliveredApp, Form, PlacedChart } from '../types.ts';
import { sourcesOf } from './applications.ts';
import { type AppFile, type Finding, placeIn, shownFiles } from './form.ts';
import { kustomizationNames } from './kustomization.ts';

/** A place where the version of a chart stands, or would. */
interface Candidate {
  readonly form: Form;
  readonly file: AppFile;
  readonly name: string;
  /** Where the chart is; undefined where only an alias of Helm's configuration stands for it. */
  readonly address: string | undefined;
  /** Undefined where none is said. */
  readonly version: string | undefined;
  readonly document: number;
  /** Of the version. */
  readonly path: Path;
  readonly line: number;
  readonly column: number;
  /** Its place among the dependencies of a Chart.yaml. */
  readonly dependency?: number;
}

/** Before a delivery, where no version stood. */
export const noVersion = '(none)';

interface ChartFinding {
  readonly chart: PlacedChart;
  readonly finding: Finding;
  /** Its place among the dependencies of a Chart.yaml; undefined elsewhere. */
  readonly dependency: number | undefined;
}

export interface ChartFindings {
  readonly findings: readonly ChartFinding[];
  readonly problems: readonly Problem[];
}

/**
 * Where the versions of an application's charts stand: dependencies of a Chart.yaml, `helmCharts` of a kustomization, and sources of
 * Application and ApplicationSet objects. All places of a chart get its version, unless they differ now: then one of them may be meant to.
 */
export async function findCharts(
  app: DeliveredApp,
  charts: readonly PlacedChart[],
  files: readonly AppFile[],
  draft: Pick<Draft, 'list'>,
): Promise<ChartFindings> {
  const candidates = files.flatMap(candidatesOf);
  const findings: ChartFinding[] = [];
  const problems: Problem[] = [];
  for (const chart of charts) {
    const own = candidates.filter(one => isOf(chart, one));
    const problem =
      own.length === 0
        ? notFound(app, chart, candidates, files)
        : (unclear(app, chart, own) ?? (await vendored(app, chart, own, draft)));
    if (problem !== undefined) problems.push(problem);
    else {
      findings.push(
        ...own.map(candidate => ({
          chart,
          finding: findingOf(candidate, chart),
          dependency: candidate.dependency,
        })),
      );
    }
  }
  return { findings, problems };
}

/** A dependency by an alias is known by its name alone. */
function isOf({ address }: PlacedChart, { name, address: said }: Candidate): boolean {
  return said === undefined ? name === chartName(address) : chartKey(said) === chartKey(address);
}

function findingOf({ form, file, line, version, document, path }: Candidate, chart: PlacedChart): Finding {
  return {
    form,
    file: file.path,
    line,
    before: version ?? noVersion,
    after: chart.version,
    changes: [{ kind: 'set', document, path, value: chart.version }],
  };
}

function candidatesOf(file: AppFile): readonly Candidate[] {
  const name = posix.basename(file.path);
  return file.documents.flatMap((document, index): readonly Candidate[] => {
    if (name === 'Chart.yaml') return listed(file, document, index, 'chart', 'dependencies', 'repository');
    if (kustomizationNames.includes(name)) {
      return listed(file, document, index, 'kustomization', 'helmCharts', 'repo');
    }
    return sourcesOf(document).flatMap(({ source, path }) => ofSource(file, document, index, source, path));
  });
}

/** Charts of a list of `name`, `version` and repository. One without a repository lies in Git, and has the version that it has. */
function listed(
  file: AppFile,
  document: Document,
  index: number,
  form: Form,
  list: string,
  repositoryKey: string,
): readonly Candidate[] {
  const items = nodeAt(document.contents, list);
  if (!isSeq(items)) return [];
  return items.items.flatMap((item, at): readonly Candidate[] => {
    const name = stringAt(item, 'name', document);
    const repository = stringAt(item, repositoryKey, document) ?? '';
    if (name === undefined || repository === '' || repository.startsWith('file://')) return [];
    const isAlias = /^(?:@|alias:)/.test(repository);
    const address = isAlias ? undefined : `${repository.replace(/\/+$/, '')}/${name}`;
    const place = versionIn(file, document, index, item, 'version', [list, at]);
    return [{ ...place, form, name, address, ...(form === 'chart' ? { dependency: at } : {}) }];
  });
}

/** A source with `chart`, in an OCI registry without a scheme; or a chart of an OCI registry that is the source itself. */
function ofSource(file: AppFile, document: Document, index: number, source: unknown, path: Path): readonly Candidate[] {
  if (!isMap(source)) return [];
  const address = sourceAddress(stringAt(source, 'repoURL', document) ?? '', stringAt(source, 'chart', document));
  if (address === undefined) return [];
  const place = versionIn(file, document, index, source, 'targetRevision', path);
  return [{ ...place, form: 'application', name: chartName(address), address }];
}

function versionIn(file: AppFile, document: Document, index: number, holder: unknown, key: string, path: Path) {
  const node = nodeAt(holder, key) ?? nodeAt(holder, 'name') ?? nodeAt(holder, 'repoURL');
  return {
    file,
    version: stringAt(holder, key, document),
    document: index,
    path: [...path, key],
    ...placeIn(file.text, node),
  };
}

const whereOf = ({ file, line, column }: Candidate) => `${file.path}:${line}:${column}`;
const locationOf = ({ file, line, column }: Candidate) => ({ kind: 'file', path: file.path, line, column }) as const;

function unclear(app: DeliveredApp, chart: PlacedChart, own: readonly Candidate[]): Problem | undefined {
  const made = own.find(({ version }) => version?.includes('{{'));
  if (made !== undefined) {
    return {
      message: `The version of the chart ${chart.name} of the application ${app.name} is made by a template there: \`${made.version}\`.`,
      location: locationOf(made),
      remedy: 'Write the version itself there.',
    };
  }
  const versions = new Set(own.map(({ version }) => version));
  const [first] = own;
  if (versions.size < 2 || first === undefined) return undefined;
  return {
    message: `The chart ${chart.name} of the application ${app.name} stands there in different versions: ${sentenceList(own.map(one => `${one.version ?? 'none'} in ${whereOf(one)}`))}. All of them would become ${chart.version}.`,
    location: locationOf(first),
    remedy: `Write one version in all of these places once. What is to keep another one belongs to another application.`,
  };
}

/** A chart that lies in Git beside its Chart.yaml is taken by Helm, whatever version that asks for. */
async function vendored(
  app: DeliveredApp,
  { name, address, version }: PlacedChart,
  own: readonly Candidate[],
  { list }: Pick<Draft, 'list'>,
): Promise<Problem | undefined> {
  const chart = chartName(address);
  for (const candidate of own) {
    if (candidate.form !== 'chart') continue;
    const folder = posix.join(posix.dirname(candidate.file.path), 'charts');
    const there = (await list(folder)).map(path => path.slice(folder.length + 1));
    const stale = there.find(path => {
      const packed = path.startsWith(`${chart}-`) && /^\d.*\.tgz$/.test(path.slice(chart.length + 1).replace(/^v/, ''));
      return path.startsWith(`${chart}/`) || (packed && path !== `${chart}-${version}.tgz`);
    });
    if (stale === undefined) continue;
    return {
      message: `The chart ${name} of the application ${app.name} lies in Git (${folder}/${stale}), and Helm takes that one, whatever version stands in Chart.yaml.`,
      location: locationOf(candidate),
      remedy: `Take it out of ${folder}: Argo CD brings dependencies from where Chart.yaml says.`,
    };
  }
  return undefined;
}

function notFound(
  app: DeliveredApp,
  { name, address }: PlacedChart,
  candidates: readonly Candidate[],
  files: readonly AppFile[],
): Problem {
  const message = `Nothing in ${app.path} says where the version of the chart ${name} (${address}) of the application ${app.name} belongs`;
  const chart = chartName(address);
  const near = nearest(
    chart,
    candidates.map(candidate => candidate.name),
  );
  const meant =
    candidates.find(candidate => candidate.name === chart) ?? candidates.find(candidate => candidate.name === near);
  if (meant !== undefined) {
    return {
      message: `${message}. It has ${meant.address ?? meant.name}.`,
      location: locationOf(meant),
      remedy: `Correct \`charts: ${name}:\` in the platform file, or what stands there.`,
    };
  }
  return {
    message: `${message}. Looked at ${shownFiles(app, files)}.`,
    remedy: `Write it there once, as a dependency in a Chart.yaml, an entry of \`helmCharts:\` in a kustomization, or the source of an Application with \`chart\` and \`targetRevision\`; or take ${name} from the application’s \`charts\`.`,
  };
}
