import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { asArray, asObject, asString, canonicalJson, type JsonObject, type Problem } from '@suite/foundation';
import { type Change, parseYaml } from '@suite/platform-file/yaml';
import type { Document } from 'yaml';
import type { Draft } from './draft.ts';

/**
 * Brings the Chart.lock beside a Chart.yaml to the versions that were written there, by the places of dependencies: Helm builds none of them
 * when its digest is not that of both files. Gives a problem where they did not belong together before: what would be locked then, nobody
 * has said. Throws NotEditable.
 */
export async function relock(
  chartFile: string,
  versions: ReadonlyMap<number, string>,
  draft: Draft,
): Promise<Problem | undefined> {
  const path = posix.join(posix.dirname(chartFile), 'Chart.lock');
  const [lock] = parseYaml((await draft.text(path)) ?? '') ?? [];
  if (lock === undefined) return undefined;
  const [asked] = (await draft.documents(chartFile)) ?? [];
  const [askedBefore] = parseYaml((await draft.original(chartFile)) ?? '') ?? [];
  const locked = dependenciesOf(lock);
  if (asString(asObject(lock.toJS())['digest']) !== lockDigest(dependenciesOf(askedBefore), locked)) {
    return {
      message: `${path} does not belong to the Chart.yaml beside it: Helm would build no dependencies from it, with this version or another.`,
      location: { kind: 'file', path, line: 1, column: 1 },
      remedy: `Run \`helm dependency update ${posix.dirname(chartFile)}\`, and commit what it writes.`,
    };
  }
  const now = locked.map((one, at) => ({ ...one, version: versions.get(at) ?? one['version'] }));
  const set = (at: Change['path'], value: string): Change => ({ kind: 'set', document: 0, path: at, value });
  await draft.change(path, [
    ...[...versions].map(([at, version]) => set(['dependencies', at, 'version'], version)),
    set(['digest'], lockDigest(dependenciesOf(asked), now)),
  ]);
  return undefined;
}

function dependenciesOf(document: Document | undefined): readonly JsonObject[] {
  return asArray(asObject(document?.toJS())['dependencies']).map(asObject);
}

/** The fields of a dependency in Helm's order (helm pkg/chart `Dependency`), those left out that it leaves out when they are empty. */
const fields = ['name', 'version', 'repository', 'condition', 'tags', 'enabled', 'import-values', 'alias'] as const;
const always: readonly string[] = ['name', 'repository'];

/** What `helm dependency update` writes as the digest of a lock: of what is asked for, and what is locked (helm internal/resolver, `HashReq`). */
export function lockDigest(asked: readonly JsonObject[], locked: readonly JsonObject[]): string {
  const text = `[${[asked, locked].map(all => `[${all.map(dependencyText).join(',')}]`).join(',')}]`;
  // Go writes these so in every JSON.
  const escaped = text.replace(/[<>&\u2028\u2029]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `sha256:${createHash('sha256').update(escaped).digest('hex')}`;
}

function dependencyText(dependency: JsonObject): string {
  const written = fields.flatMap(field => {
    const value = dependency[field] ?? (always.includes(field) ? '' : undefined);
    const isEmpty = value === undefined || value === false || (Array.isArray(value) && value.length === 0);
    return isEmpty || (value === '' && !always.includes(field)) ? [] : [`"${field}":${canonicalJson(value)}`];
  });
  return `{${written.join(',')}}`;
}
