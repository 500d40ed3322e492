import { readFile } from 'node:fs/promises';
import { mostImportedManifests } from '@suite/azure';
import { type Clock, count, UserError, untilCancelled } from '@suite/foundation';
import { chartMetadata } from '@suite/helm';
import {
  apiHostOf,
  bringImages,
  chooseWay,
  type ImageCopy,
  type ImageToBring,
  type ImportManifest,
  sizeOf,
} from '@suite/registry';
import { chartSource } from './chart-artifact.ts';
import { addressOf } from './charts.ts';
import type { MirrorPlan, MissingChart } from './plan.ts';
import type { Mirror, MirrorRegistry } from './port.ts';

export interface BringOptions {
  readonly log: { info(text: string): void; warning(text: string): void };
  readonly clock: Clock;
  /** Aborted when the run is cancelled or has lost its lease. */
  readonly signal: AbortSignal;
}

/** One thing to copy, and where Azure may be able to fetch it by itself. */
interface Missing {
  readonly name: string;
  readonly copy: ImageCopy;
  readonly from: { readonly host: string; readonly repository: string } | undefined;
}

/**
 * Brings what the mirror lacks, by digest: imported by Azure where its network lets it, through the runner else. Can be ended at any
 * point; the next plan holds what is missing then. Gives warnings. Throws UserError and CancelledError.
 */
export async function bringMirror(plan: MirrorPlan, mirror: Mirror, options: BringOptions): Promise<readonly string[]> {
  const { registry } = mirror;
  const { images, charts } = plan;
  if (images.length + charts.length === 0) return [];
  if (registry === undefined) throw new Error('There is no registry to mirror in.');
  const { log, signal } = options;
  log.info(`${count(charts.length, 'chart')} and ${count(images.length, 'image')} to be mirrored in ${registry.host}`);
  const missing = [
    ...(await Promise.all(charts.map(chart => chartToBring(chart, mirror)))),
    ...images.map(
      ({ name, origin: { host, repository: path }, digest, repository, tag }): Missing => ({
        name,
        copy: { source: mirror.source(host).source(path), digest, repository, tags: [tag] },
        from: { host, repository: path },
      }),
    ),
  ];
  // A transfer hears of no cancellation, and may be left at any byte.
  const left = 'What has arrived in the mirror stays there; no release was begun.';
  return untilCancelled(signal, copyAll(missing, registry, mirror, options), left);
}

async function copyAll(
  missing: readonly Missing[],
  registry: MirrorRegistry,
  { offerImport, isPrivate }: Mirror,
  { log, clock, signal }: BringOptions,
): Promise<readonly string[]> {
  const plan = await registry.transfers.plan(missing.map(({ copy }) => copy));
  const toBring = missing.map(({ name, copy, from }): ImageToBring => {
    const planned = plan.images.find(one => one.copy === copy);
    if (planned === undefined) throw new Error(`The plan of the transfer lost ${name}.`);
    const host = from === undefined || isPrivate(from.host) ? undefined : apiHostOf(from.host);
    const place = host === undefined ? undefined : ({ host, isPublic: true } as const);
    const way = chooseWay(place, registry, planned, mostImportedManifests);
    return { name, planned, way, ...(from === undefined ? {} : { from }) };
  });
  const importManifest: ImportManifest = ({ host, repository }, digest, into) =>
    offerImport(registry.resource.id, { source: { registryUri: host }, repository, digest, into }, { signal });
  const { runnerBytes, importedBytes, warnings } = await bringImages(toBring, plan, {
    target: registry,
    importManifest,
    // A chart of one version may be another one than it was: what is asked for is its digest.
    overwrite: true,
    log,
    clock,
  });
  log.info(`${sizeOf(runnerBytes)} went through the runner, ${sizeOf(importedBytes)} did not have to.`);
  return warnings;
}

async function chartToBring({ chart, digest, path }: MissingChart, mirror: Mirror): Promise<Missing> {
  const { origin, repository, tag } = chart;
  const { host, repository: from } = addressOf(origin);
  const name = `the chart ${from.split('/').at(-1)} ${origin.version}`;
  if (origin.kind === 'oci') {
    const source = mirror.source(host).source(from);
    return { name, copy: { source, digest, repository, tags: [tag] }, from: { host, repository: from } };
  }
  const archive = await readFile(path);
  const made = chartSource(`${host}/${from}`, await chartMetadata(archive), archive);
  if (made.layer !== digest)
    throw new UserError({ message: `The archive of ${name} is not the one with the digest ${digest}.` });
  return { name, copy: { source: made.source, digest: made.digest, repository, tags: [tag] }, from: undefined };
}
