import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cell, chartTitle, gitOpsTitle, table } from '@suite/change-report';
import { pathInside, UserError } from '@suite/foundation';
import { loadPlatform, resolveUnlocked } from '@suite/platform-file';
import { type Bundle, digestOf, encodeBundle } from './bundle.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';

/** Writes the bundle of the commit that this run is about. */
export async function makeBundle(
  { platformFile, bundle: file, charts, gitops }: Extract<Request, { command: 'bundle' }>,
  { context, log, summary, setOutputs }: Services,
): Promise<void> {
  const platform = await loadPlatform(platformFile, context.workspace);
  if (context.repositoryId === '' || !/^[0-9a-f]{40,64}$/.test(context.sha)) {
    throw new UserError({
      message: 'Which repository and commit this is about is not known here.',
      remedy: 'Run it in a GitHub workflow.',
    });
  }
  const views = resolveUnlocked(platform);
  const bundle: Bundle = {
    schema: 'bundle/v1',
    repository: { name: context.repository, id: context.repositoryId },
    platform: platform.source.name,
    file: pathInside(context.workspace, platformFile),
    commit: context.sha,
    images: imagesOf(views),
    ...(charts === undefined ? {} : { charts }),
    ...(gitops === undefined ? {} : { gitops }),
    suite: context.action,
  };
  const bytes = encodeBundle(bundle);
  const digest = digestOf(bytes);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
  const isAsked = views.some(view => view.kind === 'environment' && view.gate.attestation);
  setOutputs({ digest, bundle: file, attest: isAsked ? 'true' : undefined });
  await summary.append([
    `### The bundle of ${context.sha.slice(0, 7)}`,
    table(
      ['', ''],
      [
        ['Digest', cell(digest)],
        ['Platform', cell(bundle.platform)],
        ['Commit', cell(bundle.commit)],
        ['Images', bundle.images.map(image => cell(image)).join(', ')],
        // A line would be needed for each digest: the bundle has them.
        ...(charts === undefined ? [] : [['Charts', charts.map(chart => cell(chartTitle(chart))).join(', ')]]),
        ...(gitops === undefined || gitops.length === 0
          ? []
          : [['GitOps', gitops.map(base => cell(gitOpsTitle(base))).join(', ')]]),
        ['Suite', cell(`${bundle.suite.repository}@${bundle.suite.ref}`)],
      ],
    ),
  ]);
  log.info(`${digest} is the bundle of ${bundle.commit}.`);
}

function imagesOf(views: ReturnType<typeof resolveUnlocked>): readonly string[] {
  const sources = views.flatMap(view =>
    view.kind === 'shared'
      ? []
      : view.images.map(({ source }) => `${source.host}/${source.repository}@${source.digest}`),
  );
  return [...new Set(sources)].sort();
}
