import { join } from 'node:path';
import { asArray, asNumber, asObject, asString, type JsonObject, parseJson } from '@suite/foundation';
import { type PulledChart, pullChart } from './charts/pull.ts';
import { type ChartSource, describeSource } from './charts/source.ts';
import { valuePaths } from './charts/value-paths.ts';
import type { FailureContext } from './failures/explain.ts';
import { helmFailureOf } from './failures/failure.ts';
import type {
  ApplyMethod,
  ClusterAccess,
  Helm,
  ListedRelease,
  RegistryLogins,
  ReleaseRef,
  RenderOptions,
  UpgradeOptions,
  Wait,
} from './helm-port.ts';
import { prepareFolder } from './prepare-folder.ts';
import { readHistory, readStatus } from './release-state.ts';
import { type HelmProcess, type Ran, type Run, runHelm } from './run-helm.ts';
import { withValuesFile } from './values-file.ts';
import { parseKubernetesYaml } from './yaml/kubernetes-yaml.ts';

export interface HelmOptions extends Omit<HelmProcess, 'cwd'> {
  /** A folder of ours, the one of `helmEnvironment`: charts, values for a moment, and Helm's own files. */
  readonly folder: string;
  readonly registries?: RegistryLogins;
}

const defaultHistory = 10;

/** The Helm commands that the suite uses. */
export function createHelm({ folder, registries, ...rest }: HelmOptions): Helm {
  const helm: HelmProcess = { ...rest, cwd: folder };
  let commands = 0;
  /**
   * Helm trusts a file of what the cluster serves that it has written itself. Another command beside it would write over that what it has
   * seen before, and kinds that a chart brings were not known (client-go, discovery/cached/disk).
   */
  const ownDiscovery = (): HelmProcess => {
    commands += 1;
    return { ...helm, env: { ...helm.env, KUBECACHEDIR: join(folder, 'discovery', String(commands)) } };
  };
  let prepared: Promise<void> | undefined;
  const ready = () => {
    prepared ??= prepareFolder(folder, registries);
    return prepared;
  };

  const onCluster = async (
    command: string,
    ref: ReleaseRef,
    args: readonly string[],
    more: Omit<Run, 'args' | 'context'> = {},
  ): Promise<Ran> => {
    await ready();
    const context: FailureContext = { command: `helm ${command}`, subject: describeRelease(ref) };
    return runHelm(ownDiscovery(), { args: [...args, ...access(ref)], context, ...more });
  };

  /** Undefined when there is no such release. */
  const ask = async (command: string, ref: ReleaseRef, args: readonly string[]): Promise<unknown> => {
    try {
      const { stdout } = await onCluster(command, ref, [...args, '--output', 'json'], {
        captureStdout: true,
        deadlineSeconds: 120,
      });
      const answer = parseJson(stdout);
      if (answer === undefined) throw new Error(`\`helm ${command}\` printed no JSON.`);
      return answer;
    } catch (error) {
      if (helmFailureOf(error)?.kind === 'release-not-found') return undefined;
      throw error;
    }
  };

  return {
    pull: async (source: ChartSource) => {
      await ready();
      return pullChart(source, { helm, folder: join(folder, 'charts') });
    },

    newest: async (source, range) => {
      await ready();
      const subject = `Chart ${describeSource({ ...source, version: range })}`;
      const { stdout } = await runHelm(helm, {
        args: ['show', 'chart', source.name, '--repo', source.repository, '--version', range],
        context: { command: 'helm show chart', subject },
        captureStdout: true,
        deadlineSeconds: 120,
      });
      const version = asString(asObject(parseKubernetesYaml(stdout))['version']);
      if (version === undefined) throw new Error(`\`helm show chart\` told no version of ${subject}.`);
      return version;
    },

    template: async options => {
      await ready();
      const { stdout } = await withValuesFile(folder, options.values, valuesFile =>
        runHelm(helm, {
          args: templateArguments(options, valuesFile),
          context: aboutChart('helm template', options),
          captureStdout: true,
          deadlineSeconds: 300,
        }),
      );
      return stdout;
    },

    upgrade: async options => {
      if (options.forceConflicts && options.serverSide === false) {
        throw new Error('`forceConflicts` needs server-side apply.');
      }
      await ready();
      const dry = options.dryRun !== undefined;
      const { stdout, warnings } = await withValuesFile(folder, options.values, valuesFile =>
        runHelm(ownDiscovery(), {
          args: upgradeArguments(options, valuesFile),
          context: { ...aboutChart('helm upgrade', options), subject: describeRelease(options) },
          ...ends(options),
          leaves: dry ? 'Nothing was changed.' : 'What it had applied stays; applying it again goes on from there.',
        }),
      );
      const revision = Number(/^REVISION: (\d+)$/m.exec(stdout)?.[1]);
      return { warnings, ...(Number.isInteger(revision) && !dry ? { revision } : {}) };
    },

    rollback: async options => {
      const goBack = () =>
        onCluster(
          'rollback',
          options,
          [
            'rollback',
            options.release,
            // Without it Helm goes back to the revision before, even to one that had failed.
            String(options.revision),
            `--server-side=${options.serverSide ?? 'auto'}`,
            ...flag('--force-conflicts', options.forceConflicts),
            ...waiting(options),
            `--history-max=${options.historyMax ?? defaultHistory}`,
          ],
          {
            ...ends(options),
            leaves: 'It may be left `pending-rollback`; a rollback that is made again takes it from there.',
          },
        );
      try {
        return { warnings: (await goBack()).warnings };
      } catch (error) {
        // An upgrade that failed before it took an object away leaves it to nobody. The revision of this failed rollback has it again.
        if (helmFailureOf(error)?.kind !== 'not-in-last-revision') throw error;
        return { warnings: (await goBack()).warnings };
      }
    },

    uninstall: async options => {
      const { stdout } = await onCluster(
        'uninstall',
        options,
        ['uninstall', options.release, '--ignore-not-found', '--cascade=background', ...waiting(options)],
        {
          captureStdout: true,
          ...ends(options),
          leaves: 'It may be left `uninstalling`; uninstalling it again goes on from there.',
        },
      );
      return { kept: readKept(stdout) };
    },

    manifest: async ({ revision, ...ref }) => {
      const { stdout } = await onCluster(
        'get manifest',
        ref,
        ['get', 'manifest', ref.release, `--revision=${revision}`],
        {
          captureStdout: true,
          deadlineSeconds: 120,
        },
      );
      return stdout;
    },

    history: async ref => readHistory(await ask('history', ref, ['history', ref.release, '--max=256'])),

    // `helm status` would read every live object of the release.
    status: async ref => readHistory(await ask('history', ref, ['history', ref.release, '--max=1'])).at(-1),

    metadata: async ref => {
      const metadata = asObject(await ask('get metadata', ref, ['get', 'metadata', ref.release]));
      const revision = asNumber(metadata['revision']);
      if (revision === undefined) return undefined;
      return {
        revision,
        status: readStatus(metadata['status']),
        chart: asString(metadata['chart']) ?? '',
        version: asString(metadata['version']) ?? '',
        appVersion: asString(metadata['appVersion']) ?? '',
        applyMethod: readApplyMethod(metadata['applyMethod']),
        labels: readLabels(metadata['labels']),
      };
    },

    list: async ({ namespace, ...rest }) => {
      const place = namespace === undefined ? ['--all-namespaces'] : [];
      // Since Helm 4 all statuses are listed unless some are chosen.
      const answer = await ask('list', { ...rest, release: '', namespace: namespace ?? 'default' }, [
        'list',
        ...place,
        '--max=0',
      ]);
      return asArray(answer).map(readListed);
    },
  };
}

function templateArguments(options: RenderOptions, valuesFile: string): readonly string[] {
  return [
    'template',
    options.release,
    options.chart.path,
    `--namespace=${options.namespace}`,
    ...(options.valueFiles ?? []).map(file => `--values=${file}`),
    `--values=${valuesFile}`,
    ...(options.parameters ?? []).map(({ as, name, value }) => `${parameterFlags[as]}=${name}=${value}`),
    `--kube-version=${options.kubeVersion}`,
    ...(options.apiVersions ?? []).map(one => `--api-versions=${one}`),
    ...flag('--include-crds', options.includeCrds),
    ...flag('--skip-tests', options.skipTests),
    ...flag('--skip-schema-validation', options.skipSchemaValidation),
    ...flag('--is-upgrade', options.isUpgrade),
  ];
}

const parameterFlags = { value: '--set', string: '--set-string', file: '--set-file' } as const;

function upgradeArguments(options: UpgradeOptions, valuesFile: string): readonly string[] {
  const labels = Object.entries(options.labels ?? {}).map(([name, value]) => `${name}=${value}`);
  return [
    'upgrade',
    options.release,
    options.chart.path,
    '--install',
    `--values=${valuesFile}`,
    // The file has all values: nothing of an earlier revision may come in.
    '--reset-values',
    `--server-side=${options.serverSide}`,
    ...flag('--force-conflicts', options.forceConflicts),
    ...flag('--take-ownership', options.takeOwnership),
    ...flag('--skip-crds', options.skipCrds),
    ...waiting(options),
    `--history-max=${options.historyMax ?? defaultHistory}`,
    // Notes and manifests are for people, and may show secrets.
    '--hide-notes',
    // A server-side apply is checked by the API server itself, strictly. Before it, Helm would read the schemas of all groups:
    // megabytes, and most of the time that a small release takes.
    ...flag('--disable-openapi-validation', options.serverSide === true),
    ...(options.description === undefined ? [] : [`--description=${options.description}`]),
    ...(labels.length === 0 ? [] : [`--labels=${labels.join(',')}`]),
    ...(options.dryRun === undefined ? [] : [`--dry-run=${options.dryRun}`, '--hide-secret']),
    ...access(options),
  ];
}

function ends({ deadlineSeconds, stop }: Wait): Pick<Run, 'deadlineSeconds' | 'stop'> {
  return {
    ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    ...(stop === undefined ? {} : { stop }),
  };
}

function waiting({ wait, timeoutSeconds }: Wait): readonly string[] {
  return [`--wait=${wait ?? 'hookOnly'}`, `--timeout=${timeoutSeconds}s`];
}

function access({ namespace, kubeconfig }: ClusterAccess & { readonly namespace: string }): readonly string[] {
  return [`--namespace=${namespace}`, `--kubeconfig=${kubeconfig}`];
}

function flag(name: string, on: boolean | undefined): readonly string[] {
  return on === true ? [name] : [];
}

function describeRelease({ release, namespace }: ReleaseRef): string {
  return release === '' ? `The releases in ${namespace}` : `Release ${release} in ${namespace}`;
}

function aboutChart(command: string, { chart }: { readonly chart: PulledChart }): FailureContext {
  return { command, subject: `Chart ${chart.name} ${chart.version}`, valuePaths: valuePaths(chart.values) };
}

function readApplyMethod(value: unknown): ApplyMethod {
  // Helm 3 left it out, and applied on its own side.
  return value === 'ssa' ? 'server-side' : 'client-side';
}

/** Helm's own labels of a release's record (helm/pkg/storage/driver/labels.go). */
const systemLabels = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

function readLabels(value: unknown): Readonly<Record<string, string>> {
  const labels = Object.entries(asObject(value)).filter(([name]) => !systemLabels.includes(name));
  return Object.fromEntries(labels.map(([name, label]) => [name, String(label)]));
}

/** `[ConfigMap] w` of the list that Helm prints. */
function readKept(stdout: string): { readonly kind: string; readonly name: string }[] {
  return [...stdout.matchAll(/^\[(\w+)\] (\S+)$/gm)].map(([, kind = '', name = '']) => ({ kind, name }));
}

function readListed(item: unknown): ListedRelease {
  const { name, namespace, revision, status, chart, app_version } = asObject(item) as JsonObject;
  return {
    release: asString(name) ?? '',
    namespace: asString(namespace) ?? '',
    // A text here, a number elsewhere.
    revision: Number(revision),
    status: readStatus(status),
    chart: asString(chart) ?? '',
    appVersion: asString(app_version) ?? '',
  };
}
