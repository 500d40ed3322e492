import { canonicalJson } from '@suite/foundation';
import type { Descriptor, RegistryView } from '@suite/sandbox';
import { bundleOf, type MadeBundle, promoted } from './commands.ts';
import { commits, registryOf, runUrl, view } from './world.ts';

/** Where bundles and their records lie in a registry. */
export const shelf = 'promotion/contoso';
export const bundleType = 'application/vnd.aks-platform.bundle.v1+json';
export const recordType = 'application/vnd.aks-platform.record.v1+json';

export interface Forgery {
  /** The promoted one by default. */
  readonly bundle?: Pick<MadeBundle, 'digest'>;
  readonly bundleType?: string;
  /** Null leaves it out. */
  readonly bundleContent?: null;
  /** Of the bundle; its digest by default. */
  readonly tag?: string;
  readonly type?: string;
  readonly repository?: string;
  /** What the record says otherwise. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** In place of the record. */
  readonly text?: string;
}

export interface Forged {
  readonly bundle: Descriptor;
  readonly record: Descriptor;
}

/** A bundle and its record as an apply identity could have pushed them, whatever they say. */
export function forge(scope: string, forgery: Forgery = {}, region = 'westeurope'): Forged {
  const { bundle = promoted, repository = shelf, type = recordType } = forgery;
  const registry = registryOf(view(scope, region));
  const commit = Object.values(commits).find(sha => bundleOf(sha).digest === bundle.digest) ?? 'e'.repeat(40);
  const pushed = registry.putArtifact(repository, {
    artifactType: forgery.bundleType ?? bundleType,
    blobs: forgery.bundleContent === null ? [] : [{ mediaType: bundleType, content: bundleOf(commit).text }],
    tag: forgery.tag ?? bundle.digest.replace(':', '-'),
  });
  const said = { ...saidOf(scope, bundle.digest, commit), region, ...forgery.record };
  const content = forgery.text ?? canonicalJson(said);
  const record = registry.putArtifact(repository, {
    artifactType: type,
    blobs: [{ mediaType: type, content }],
    subject: pushed,
  });
  return { bundle: pushed, record };
}

/** What a right record says. */
export function saidOf(environment: string, bundle: string, commit = commits.promoted) {
  return {
    schema: 'record/v1',
    repository: '701234567',
    platform: 'contoso',
    environment,
    region: 'westeurope',
    bundle,
    commit,
    verdict: 'verified',
    plans: {},
    run: { id: '4700', attempt: '1', url: `${runUrl}/4700` },
    actor: 'mona',
    approvers: [],
    recordedAt: '2026-11-26T05:00:00.000Z',
  };
}

export function layerOf(registry: RegistryView, manifest: string): string {
  return JSON.parse(String(registry.readManifest(shelf, manifest))).layers[0].digest;
}

/** Records in a registry, in the order of their pushes. */
export function recordsIn(scope: string, region = 'westeurope') {
  const registry = registryOf(view(scope, region));
  return registry
    .manifests(shelf)
    .filter(({ artifactType }) => artifactType === recordType)
    .map(({ digest }) => ({
      digest,
      content: JSON.parse(String(registry.readBlob(shelf, layerOf(registry, digest)))),
    }));
}

export function contentsIn(...place: Parameters<typeof recordsIn>) {
  return recordsIn(...place).map(({ content }) => content);
}

/** Of the bundles. */
export function tagsIn(scope: string): string[][] {
  return registryOf(view(scope))
    .manifests(shelf)
    .filter(({ artifactType }) => artifactType === bundleType)
    .map(({ tags }) => [...tags].sort());
}

export function minute(recorded: ReturnType<typeof recordsIn>[number] | undefined): string {
  return String(recorded?.content.recordedAt).slice(0, 16).replace('T', ' ');
}
