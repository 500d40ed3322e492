import { asArray, asObject, parseJson } from '@suite/foundation';
import type { Conclusion, Permissions, RunResult } from '../runner/index.ts';
import type {
  Azure,
  DeploymentView,
  IssueView,
  KubeObject,
  Kubernetes,
  KubernetesView,
  PullView,
  Registries,
  WriteCount,
} from '../world/index.ts';
import type { ToldChapter } from './story/stage.ts';

/** `run.json` (DESIGN §7): what happened, for programs. Written from what the stand-ins saw, never from what an action says. */
export interface RunRecord {
  /** What was played in the place of the story of the example. */
  readonly variant?: string;
  readonly ok: boolean;
  readonly seconds: number;
  /** Of the story, as far as it was played. */
  readonly chapters: readonly RecordedChapter[];
  readonly runs: readonly RecordedRun[];
  readonly comments: readonly RecordedComment[];
  readonly issues: readonly RecordedIssue[];
  readonly deployments: readonly { readonly environment: string; readonly state: string }[];
  readonly records: readonly PromotedBundle[];
  readonly writes: readonly RecordedWrite[];
  /** Of layers and configs: those that came and went over the network, and those that Azure's registries fetched themselves. */
  readonly imageBytes: { readonly throughRunner: number; readonly imported: number };
  /** What registries hold in the end: images and all that belongs to them. */
  readonly images: readonly HeldImages[];
  /** What the pods of Argo CD's applications run, by environment. */
  readonly running: readonly RunningApplication[];
  /** Hosts that something asked for and nobody plays. */
  readonly refusedHosts: readonly string[];
}

export interface RecordedChapter {
  readonly number: number;
  readonly title: string;
  readonly ok: boolean;
  /** One line each; `run` names the run that it tells of. */
  readonly scenes: readonly { readonly words: string; readonly ok: boolean; readonly run?: string }[];
}

export interface RecordedRun {
  readonly id: string;
  readonly attempt: number;
  readonly workflow: string;
  readonly event: string;
  readonly conclusion: Conclusion;
  readonly jobs: readonly RecordedJob[];
}

export interface RecordedJob {
  readonly name: string;
  readonly environment?: string;
  readonly conclusion: Conclusion;
  readonly seconds: number;
  /** What its token was allowed, and what of that was used. Absent where it came to no machine. */
  readonly permissions?: { readonly granted: Permissions; readonly used: Permissions };
  readonly steps: readonly {
    readonly name: string;
    readonly uses?: string;
    readonly conclusion: Conclusion;
    readonly seconds: number;
  }[];
}

/** A comment on a pull request that still stands there. */
export interface RecordedComment {
  readonly pull: number;
  readonly author: string;
  /** How many bodies it has had. */
  readonly revisions: number;
  readonly body: string;
}

export interface RecordedIssue {
  readonly number: number;
  readonly title: string;
  readonly state: 'open' | 'closed';
  /** How many bodies it has had. */
  readonly revisions: number;
  readonly body: string;
  /** Bodies, in the order of their writing. */
  readonly comments: readonly string[];
}

/** The proof, in some registry, that an environment runs a bundle. */
export interface PromotedBundle {
  readonly environment: string;
  readonly region: string;
  /** Digest of the bundle's content. */
  readonly bundle: string;
  readonly commit: string;
  readonly approvers: readonly string[];
  /** What of the repository of the applications was synced. */
  readonly gitops?: Readonly<Record<string, unknown>>;
  /** What tests said after the applies, by action. */
  readonly tests?: Readonly<Record<string, unknown>>;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
}

export interface RunningApplication {
  readonly environment: string;
  readonly application: string;
  /** Digests of its containers, each once. */
  readonly digests: readonly string[];
}

export interface HeldImages {
  readonly environment: string;
  readonly repository: string;
  /** By digest; those of platforms, SBOMs and signatures are manifests, too. */
  readonly manifests: readonly { readonly digest: string; readonly tags: readonly string[] }[];
}

/** Equal writes of one identity are one row. */
export type RecordedWrite = WriteCount;

/** Bundles and records of promotion are no images. */
const holdsImages = (repository: string) => !repository.startsWith('promotion/');

/** In all registries of Azure. */
export function recordImages(azure: Azure, registries: Registries): HeldImages[] {
  return azure.resources('Microsoft.ContainerRegistry/registries').flatMap(({ name, tags }) => {
    const registry = registries.registry(name);
    const environment = String(asObject(tags)['environment']);
    return registry
      .repositories()
      .filter(holdsImages)
      .map(repository => ({
        environment,
        repository,
        manifests: registry.manifests(repository).map(({ digest, tags: names }) => ({ digest, tags: names })),
      }));
  });
}

/** In all registries of Azure. */
export function recordImageBytes(azure: Azure, registries: Registries): RunRecord['imageBytes'] {
  const all = azure
    .resources('Microsoft.ContainerRegistry/registries')
    .map(({ name }) => registries.registry(name).traffic(holdsImages));
  return {
    throughRunner: all.reduce((sum, { received, sent }) => sum + received + sent, 0),
    imported: all.reduce((sum, { imported }) => sum + imported, 0),
  };
}

export function recordChapter({ number, title, ok, scenes }: ToldChapter): RecordedChapter {
  return {
    number,
    title,
    ok,
    scenes: scenes.map(({ words, ok, run }) => ({ words, ok, ...(run === undefined ? {} : { run: run.id }) })),
  };
}

export function recordRun({ id, attempt, workflow, event, conclusion, jobs }: RunResult): RecordedRun {
  return {
    id,
    attempt,
    workflow,
    event,
    conclusion,
    jobs: jobs.map(job => ({
      name: job.name,
      ...(job.environment === undefined ? {} : { environment: job.environment.name }),
      conclusion: job.conclusion,
      seconds: job.seconds,
      ...(job.rights === undefined ? {} : { permissions: { granted: job.rights.granted, used: job.rights.used } }),
      steps: job.steps.map(step => ({
        name: step.name,
        ...(step.uses === undefined ? {} : { uses: step.uses }),
        conclusion: step.conclusion,
        seconds: step.seconds,
      })),
    })),
  };
}

export function recordComments(pulls: readonly PullView[]): RecordedComment[] {
  return pulls.flatMap(({ number, comments }) =>
    comments
      .filter(({ deleted }) => !deleted)
      .map(({ author, revisions, body }) => ({ pull: number, author, revisions: revisions.length, body })),
  );
}

export function recordIssues(issues: readonly IssueView[]): RecordedIssue[] {
  return issues.map(({ number, title, state, revisions, body, comments }) => ({
    number,
    title,
    state,
    revisions: revisions.length,
    body,
    comments: comments.map(comment => comment.body),
  }));
}

export function recordDeployments(deployments: readonly DeploymentView[]) {
  return deployments.map(({ environment, state }) => ({ environment, state }));
}

/**
 * All records in all registries, in the order of their writing. A registry also holds those of the environments before its own, as copies; each
 * is told once.
 */
export function recordPromotions(azure: Azure, registries: Registries): PromotedBundle[] {
  const found = new Map<string, PromotedBundle>();
  for (const { name } of azure.resources('Microsoft.ContainerRegistry/registries')) {
    const registry = registries.registry(name);
    for (const repository of registry.repositories().filter(each => each.startsWith('promotion/'))) {
      for (const { digest, artifactType } of registry.manifests(repository)) {
        if (artifactType !== 'application/vnd.aks-platform.record.v1+json') continue;
        const manifest = asObject(parseJson(registry.readManifest(repository, digest)?.toString('utf8') ?? ''));
        const blob = String(asObject(asArray(manifest['layers'])[0])['digest']);
        const record = asObject(parseJson(registry.readBlob(repository, blob)?.toString('utf8') ?? ''));
        found.set(blob, {
          environment: String(record['environment']),
          region: String(record['region']),
          bundle: String(record['bundle']),
          commit: String(record['commit']),
          approvers: asArray(record['approvers']).map(String),
          recordedAt: String(record['recordedAt']),
          ...(record['gitops'] === undefined ? {} : { gitops: asObject(record['gitops']) }),
          ...(record['tests'] === undefined ? {} : { tests: asObject(record['tests']) }),
        });
      }
    }
  }
  return [...found.values()].sort((a, b) => a.recordedAt.localeCompare(b.recordedAt));
}

/** As the pods themselves report it, in the namespaces that Applications deploy to. */
export function recordRunning(azure: Azure, kubernetes: Kubernetes): RunningApplication[] {
  return azure.resources('Microsoft.ContainerService/managedClusters').flatMap(({ id, tags }) => {
    const cluster = kubernetes.of(id);
    const environment = String(asObject(tags)['environment']);
    return applicationsOf(cluster).map(application => {
      const namespace = String(asObject(asObject(application['spec'])['destination'])['namespace']);
      const digests = cluster
        .list('pods', namespace)
        .flatMap(pod => asArray(asObject(pod['status'])['containerStatuses']))
        .flatMap(status => /sha256:[0-9a-f]{64}$/.exec(String(asObject(status)['imageID'])) ?? []);
      const name = String(asObject(application['metadata'])['name']);
      return { environment, application: name, digests: [...new Set(digests)] };
    });
  });
}

/** None where Argo CD is not installed. */
function applicationsOf(cluster: KubernetesView): readonly KubeObject[] {
  try {
    return cluster.list('applications.argoproj.io');
  } catch {
    return [];
  }
}
