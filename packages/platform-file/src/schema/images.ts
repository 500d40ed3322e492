import { z } from 'zod';
import { block, list, named } from './vocabulary.ts';

/** One part of a repository's name (OCI distribution specification, "Pulling manifests"). */
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryName = `${part}(?:/${part})*`;
const tagName = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
/** As Docker tells a registry from a folder: by a dot or a port. */
const registryHost = '(?:[a-zA-Z0-9-]+\\.)+[a-zA-Z0-9-]+(?::[0-9]{1,5})?';

/** `registry/repository@sha256:…`; a tag before the digest is for people, and nothing is looked up by it. */
export const sourcePattern = new RegExp(
  `^(?<host>${registryHost})/(?<repository>${repositoryName})(?::${tagName})?@(?<digest>sha256:[0-9a-f]{64})$`,
);

const source = named(
  new RegExp(sourcePattern.source.replaceAll(/\?<\w+>/g, '')),
  'Expected registry/repository@sha256:… with the digest, because a tag may move: `docker buildx imagetools inspect <reference>` prints it.',
);

const image = block({
  source: source
    .describe('Where it comes from, by digest: `ghcr.io/contoso/web@sha256:…`. Only the first environment reads there.')
    .optional(),
  repository: named(
    new RegExp(`^(?=.{1,200}$)${repositoryName}$`),
    'Expected the name of a repository, such as apps/web: lower-case letters, digits, dots, dashes and slashes.',
  )
    .describe('Repository in the registries of the platform. Default: the name of the image.')
    .optional(),
  tags: list(named(new RegExp(`^${tagName}$`), 'Expected a tag: letters, digits, dots and dashes.'))
    .meta({ description: 'Tags that stand for it there. It is used by digest, with or without them.', default: [] })
    .optional(),
  platforms: list(
    named(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/, 'Expected a platform such as linux/amd64 or linux/arm/v7.'),
  )
    .meta({ description: 'Platforms that it has to have, such as linux/arm64.', default: [] })
    .optional(),
});

const imageName = named(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  'Expected at most 63 lower-case letters, digits and dashes.',
);

export const images = z
  .record(imageName, z.union([image, z.literal(false, { error: 'Expected a block of settings, or false.' })]), {
    error: 'Expected a block of images.',
  })
  .describe('Images that are promoted through the environments, by digest. `false` leaves one out.');

export type ImageSource = z.infer<typeof image>;
