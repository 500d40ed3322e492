import {
  choice,
  flag,
  guid,
  type Input,
  type InputSource,
  location,
  optional,
  path,
  readBy,
  readInputs,
  scopePattern,
  text,
  withDefault,
} from '@suite/action-kit';
import { type Problem, UserError } from '@suite/foundation';
import { type ImageReference, parseImageReference } from '@suite/platform-file';

/** The registry that is looked at or written to. */
export type Place =
  | {
      readonly kind: 'scope';
      readonly platformFile: string;
      readonly scope: string;
      readonly region: string | undefined;
    }
  | { readonly kind: 'registry'; readonly host: string; readonly tenant: string };

/** What is built; paths are absolute. */
export interface Build {
  readonly context: string;
  readonly file: string | undefined;
  readonly target: string | undefined;
  /** `NAME=value` */
  readonly arguments: readonly string[];
}

export interface NamedReference {
  readonly name: string;
  readonly source: ImageReference;
}

/** Which images a command is about. */
export type Wanted =
  /** Those of the platform file. */
  | { readonly kind: 'file' }
  | { readonly kind: 'list'; readonly images: readonly NamedReference[] }
  | { readonly kind: 'source'; readonly source: ImageReference }
  /** `reference`: tag or digest, where the layout holds several. */
  | { readonly kind: 'layout'; readonly path: string; readonly reference: string | undefined }
  | { readonly kind: 'build'; readonly build: Build };

export interface Request {
  readonly command: Command;
  readonly place: Place;
  /** Overrides the identity of the platform lock. */
  readonly clientId: string | undefined;
  readonly wanted: Wanted;
  /** Instead of what the platform file says. */
  readonly repository: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly platforms: readonly string[] | undefined;
  /** Whether tags that stand for something else move. */
  readonly overwrite: boolean;
  /** Whether digest and tags are locked after the command. */
  readonly lock: boolean;
  readonly failIfBlocked: boolean;
  /** For the registries that images come from. */
  readonly login: { readonly user: string; readonly password: string } | undefined;
}

const commands = ['plan', 'push', 'promote', 'verify', 'lock'] as const;
export type Command = (typeof commands)[number];

const loginServer = text(
  /^[a-z0-9-]{5,63}\.azurecr\.(?:io|us|cn)$/,
  'Use the login server of a registry, such as `crcontoso.azurecr.io`.',
);
const environmentName = text(scopePattern, 'Use the name of an environment in the platform file.');
const repositoryName = text(
  /^(?=.{1,200}$)[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/,
  'Use the name of a repository, such as `apps/web`.',
);
const findDigest = '`docker buildx imagetools inspect <reference>` prints it.';

const reference = readBy(
  parseImageReference,
  `Use registry/repository@sha256:… with the digest, because a tag may move: ${findDigest}`,
);

/** One on each line, or between spaces or commas. */
function words(pattern: RegExp, expected: string): Input<readonly string[]> {
  return {
    absent: 'required',
    parse: value => {
      const all = value.split(/[\s,]+/).filter(word => word !== '');
      return all.every(word => pattern.test(word)) ? { value: [...new Set(all)] } : { expected };
    },
  };
}

const lines = (value: string) =>
  value
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');

const imageLines: Input<readonly NamedReference[]> = {
  absent: 'required',
  parse: value => {
    const expected = `Use one name=registry/repository@sha256:… on each line, each name once. Of the digest: ${findDigest}`;
    const found = lines(value).map(line => {
      const [, name = '', rest = ''] = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)=(.+)$/.exec(line) ?? [];
      const source = parseImageReference(rest);
      return source === undefined ? undefined : { name, source };
    });
    const images = found.filter(image => image !== undefined);
    const names = new Set(images.map(({ name }) => name));
    return images.length === found.length && names.size === images.length ? { value: images } : { expected };
  },
};

const buildArguments: Input<readonly string[]> = {
  absent: 'required',
  parse: value => {
    const all = lines(value);
    return all.every(line => /^[A-Za-z_]\w*=/.test(line))
      ? { value: all }
      : { expected: 'Use one `NAME=value` on each line.' };
  },
};

const layoutPath = (workspace: string): Input<{ readonly path: string; readonly reference: string | undefined }> => ({
  absent: 'required',
  parse: value => {
    // As skopeo writes it: a digest after @, a tag after the last colon.
    const [, before = value, digest] = /^(.+)@(sha256:[0-9a-f]{64})$/.exec(value) ?? [];
    const [, file = before, tag] = digest === undefined ? (/^(.+):([\w][\w.-]{0,127})$/.exec(before) ?? []) : [];
    const parsed = path(workspace).parse(file);
    return 'value' in parsed ? { value: { path: parsed.value, reference: digest ?? tag } } : parsed;
  },
});

const secret: Input<string> = { ...text(/^[^\0\r\n]+$/, 'Give a password in one line.'), isSecret: true };

/** Throws a UserError that names every wrong input. */
export function readRequest(source: InputSource, workspace: string): Request {
  const inputs = readInputs(source, {
    command: choice(commands),
    'platform-file': withDefault(path(workspace), `${workspace}/platform.yaml`),
    scope: optional(environmentName),
    region: optional(location),
    registry: optional(loginServer),
    'tenant-id': optional(guid),
    'client-id': optional(guid),
    images: optional(imageLines),
    source: optional(reference),
    layout: optional(layoutPath(workspace)),
    context: optional(path(workspace)),
    file: optional(path(workspace)),
    target: optional(text(/^[A-Za-z0-9][\w.-]*$/, 'Use the name of a stage in the Dockerfile.')),
    'build-args': optional(buildArguments),
    repository: optional(repositoryName),
    tags: optional(words(/^\w[\w.-]{0,127}$/, 'Use tags of letters, digits, dots and dashes, one on each line.')),
    platforms: optional(
      words(/^[a-z0-9]+\/[a-z0-9_]+(?:\/[a-z0-9]+)?$/, 'Use platforms such as `linux/amd64`, one on each line.'),
    ),
    overwrite: withDefault(flag, false),
    lock: withDefault(flag, false),
    'fail-if-blocked': withDefault(flag, false),
    'source-username': optional(text(/^[^\s:]+$/, 'Give a user name without spaces and colons.')),
    'source-password': optional(secret),
  });
  const problems: Problem[] = [];
  const wrong = (name: string, message: string, remedy: string) =>
    problems.push({ message, location: { kind: 'input', name }, remedy });
  const { command } = inputs;
  const needsScope = command === 'plan' || command === 'promote';

  const place = (): Place | undefined => {
    const { scope, registry, region, 'tenant-id': tenant, 'client-id': clientId } = inputs;
    if (scope !== undefined && registry !== undefined) {
      wrong('registry', 'and `scope` both say where.', 'Give one of them.');
      return undefined;
    }
    if (scope !== undefined) return { kind: 'scope', platformFile: inputs['platform-file'], scope, region };
    if (registry === undefined || needsScope) {
      const alone = needsScope ? '' : ' or `registry:`';
      wrong('scope', 'is required but was not given.', `Add \`scope:\`${alone} under \`with:\`.`);
      return undefined;
    }
    if (clientId === undefined) wrong('client-id', 'is needed with `registry`.', 'Give the identity to sign in as.');
    if (tenant === undefined)
      wrong('tenant-id', 'is needed with `registry`.', 'Give the Entra tenant of the registry.');
    return tenant === undefined ? undefined : { kind: 'registry', host: registry, tenant };
  };

  const wanted = (): Wanted | undefined => {
    const { images, source: from, layout, context } = inputs;
    const given = Object.entries({ images, source: from, layout, context }).filter(([, value]) => value !== undefined);
    const [first, second] = given.map(([name]) => name);
    if (first !== undefined && second !== undefined) {
      wrong(second, `and \`${first}\` both say which image.`, 'Give one of them.');
      return undefined;
    }
    for (const name of ['layout', 'context'] as const) {
      if (inputs[name] !== undefined && command !== 'push') wrong(name, 'is for `push` alone.', 'Leave it out.');
    }
    if (from !== undefined && needsScope) {
      wrong('source', `is not for \`${command}\`.`, 'Name it with `images`: name=registry/repository@sha256:….');
    }
    const single = from ?? layout ?? context;
    if (single !== undefined && inputs.repository === undefined) {
      wrong('repository', `is needed with \`${first}\`.`, 'Say where the image goes, such as `apps/web`.');
    }
    if (single === undefined && inputs.repository !== undefined) {
      wrong('repository', 'is for one image from `source`, `layout` or `context`.', 'Say it in the platform file.');
    }
    if (context === undefined) {
      for (const name of ['file', 'target', 'build-args'] as const) {
        if (inputs[name] !== undefined) wrong(name, 'is for a build.', 'Give `context` too, or leave it out.');
      }
    } else {
      const build = { context, file: inputs.file, target: inputs.target, arguments: inputs['build-args'] ?? [] };
      return { kind: 'build', build };
    }
    if (images !== undefined) return { kind: 'list', images };
    if (from !== undefined) return { kind: 'source', source: from };
    if (layout !== undefined) return { kind: 'layout', ...layout };
    if (inputs.registry === undefined || inputs.scope !== undefined || needsScope) return { kind: 'file' };
    wrong(
      'images',
      'is needed with `registry`.',
      'Say which image: `images`, `source`, or for `push` `layout` or `context`.',
    );
    return undefined;
  };

  const [where, which] = [place(), wanted()];
  const [user, password] = [inputs['source-username'], inputs['source-password']];
  if ((user === undefined) !== (password === undefined)) {
    const [missing, given] = user === undefined ? ['username', 'password'] : ['password', 'username'];
    wrong(`source-${missing}`, `is needed with \`source-${given}\`.`, 'Give both, or none.');
  }
  if (problems.length > 0 || where === undefined || which === undefined) throw new UserError(problems);
  return {
    command,
    place: where,
    clientId: inputs['client-id'],
    wanted: which,
    repository: inputs.repository,
    tags: inputs.tags,
    platforms: inputs.platforms,
    overwrite: inputs.overwrite,
    lock: inputs.lock || command === 'lock',
    failIfBlocked: inputs['fail-if-blocked'],
    login: user === undefined || password === undefined ? undefined : { user, password },
  };
}
