import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import {
  azurermSchema,
  type BlockSchema,
  type RepositoryHandle,
  type Runner,
  type RunResult,
  type SandboxWorld,
} from '@suite/sandbox';

/** Texts by the place where they stand: `Apply dev: Record: summary`. */
export type Texts = ReadonlyMap<string, string>;

/** What nobody may read, by where it lies. */
export interface Secrets {
  readonly state: readonly string[];
  readonly cluster: readonly string[];
  /** Of the repository, as workflows get them. */
  readonly repository: readonly string[];
}

/** Shorter ones would be found in words. */
const shortest = 8;
/** Tokens of Entra and of GitHub's OIDC, of GitHub's API, and private keys: whatever they are of. */
const credentials = [
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  /\bgh[a-z]_\w{20,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY/,
] as const;

/** Each place that shows a secret, with where that lies, and never the secret. */
export function leaksIn(texts: Texts, { state, cluster, repository }: Secrets): string[] {
  const known = Object.entries({ state, cluster, repository });
  return [...texts].flatMap(([place, text]) => [
    ...known.flatMap(([from, secrets]) =>
      secrets.some(secret => text.includes(secret)) ? [`${place} shows a secret of the ${from}`] : [],
    ),
    ...(credentials.some(credential => credential.test(text)) ? [`${place} shows a credential`] : []),
  ]);
}

/** What lies in the states and clusters of a world now. */
export function secretsOf({ views, world }: SandboxWorld, ofRepository: Readonly<Record<string, string>>): Secrets {
  const states = views.map(({ state: { account, container, key } }) =>
    parseJson(world.azure.readBlob(account, container, key)?.content.toString('utf8') ?? ''),
  );
  const clusters = world.azure.resources('Microsoft.ContainerService/managedClusters');
  const objects = clusters.flatMap(({ id }) => world.kubernetes.of(id).everything());
  const lines = Object.values(ofRepository).flatMap(secret => secret.split('\n'));
  return {
    state: longEnough(states.flatMap(sensitiveOf)),
    cluster: longEnough(objects.filter(({ kind }) => kind === 'Secret').flatMap(secretData)),
    repository: longEnough(lines.filter(line => !line.startsWith('-----'))),
  };
}

function longEnough(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets)].filter(secret => secret.length >= shortest);
}

/** Values of a state whose attribute the provider calls sensitive. */
function sensitiveOf(state: unknown): string[] {
  return asArray(asObject(state)['resources'])
    .map(asObject)
    .flatMap(({ mode, type, instances }) => {
      const kinds = mode === 'data' ? azurermSchema.dataSources : azurermSchema.resources;
      const block = kinds[asString(type) ?? '']?.block;
      if (block === undefined) return [];
      return asArray(instances).flatMap(instance => sensitiveIn(asObject(instance)['attributes'], block));
    });
}

function sensitiveIn(value: unknown, block: BlockSchema): string[] {
  const own = Object.entries(block.attributes ?? {}).flatMap(([name, { sensitive }]) =>
    sensitive === true ? stringsIn(asObject(value)[name]) : [],
  );
  const nested = Object.entries(block.block_types ?? {}).flatMap(([name, { block: inner }]) =>
    [asObject(value)[name]].flat().flatMap(item => sensitiveIn(item, inner)),
  );
  return [...own, ...nested];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** What is secret in a Secret by the name of its key: some hold addresses, names and certificates as well. */
function secretData(secret: object): string[] {
  const { type, data } = asObject(secret);
  if (asString(type)?.startsWith('helm.sh/') === true) return [];
  return Object.entries(asObject(data)).flatMap(([key, value]) => {
    const isSecret = /pass|token|key|secret|auth|cookie|crypt/i.test(key) && !/\.crt$|-id$|username/i.test(key);
    return isSecret ? [Buffer.from(asString(value) ?? '', 'base64').toString('utf8')] : [];
  });
}

/** All that people read of runs: logs, annotations, outputs, summaries and artifacts, and what they have written on GitHub. */
export async function readableOf(
  runs: readonly RunResult[],
  runner: Pick<Runner, 'artifacts'>,
  repository: RepositoryHandle,
): Promise<Texts> {
  const texts = new Map<string, string>();
  for (const { id, attempt, jobs } of runs) {
    for (const { name, steps, annotations } of jobs) {
      const job = `run ${id}-${attempt}, ${name}`;
      texts.set(`${job}: annotations`, JSON.stringify(annotations));
      for (const { name: step, log, annotations, outputs, summary } of steps) {
        texts.set(`${job}: ${step}: log`, log.join('\n'));
        texts.set(`${job}: ${step}: annotations`, annotations.map(({ message }) => message).join('\n'));
        texts.set(`${job}: ${step}: outputs`, Object.values(outputs).join('\n'));
        texts.set(`${job}: ${step}: summary`, summary);
      }
    }
    for (const { name, folder } of runner.artifacts(id)) {
      const files = await readdir(folder, { recursive: true, withFileTypes: true });
      for (const file of files.filter(each => each.isFile())) {
        texts.set(
          `run ${id}, artifact ${name}: ${file.name}`,
          await readFile(join(file.parentPath, file.name), 'utf8'),
        );
      }
    }
  }
  for (const { number, comments } of [...repository.pulls(), ...repository.issues()]) {
    texts.set(`#${number}: comments`, JSON.stringify(comments));
  }
  for (const { number, body } of repository.issues()) texts.set(`#${number}`, body);
  texts.set('check runs', JSON.stringify(repository.checkRuns()));
  return texts;
}
