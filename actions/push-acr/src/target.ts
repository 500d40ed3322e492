import { type Cloud, cloudOfRegistry, clouds } from '@suite/azure/clouds';
import { UserError } from '@suite/foundation';
import {
  type EnvironmentScope,
  type ImageReference,
  identityIn,
  loadEnvironment,
  placeOf,
  registryIdOf,
  resolveAll,
} from '@suite/platform-file';
import type { Build, Request } from './inputs.ts';

/** Where an image comes from. */
export type Origin =
  | { readonly kind: 'registry'; readonly source: ImageReference }
  /** The registry of the environment before. */
  | { readonly kind: 'upstream'; readonly repository: string; readonly digest: string }
  | { readonly kind: 'layout'; readonly path: string; readonly reference: string | undefined }
  | { readonly kind: 'build'; readonly build: Build };

export interface WantedImage {
  readonly name: string;
  readonly origin: Origin;
  /** In the target. */
  readonly repository: string;
  readonly tags: readonly string[];
  /** Those that it has to have; none asks for none. */
  readonly platforms: readonly string[];
  /** What decides it in the platform file; undefined for one that only inputs name. */
  readonly setting: string | undefined;
}

/** A registry before anybody has looked for it. */
export type RegistryPlace =
  | { readonly kind: 'resource'; readonly id: string; readonly title: string }
  | { readonly kind: 'host'; readonly host: string; readonly title: string };

export interface Target {
  /** What reports are about. */
  readonly head: {
    readonly platform: string;
    readonly scope: string;
    readonly region: string;
    readonly production: boolean;
  };
  readonly tenant: string;
  /** Of the platform, or the one that the registry alone says by its name. */
  readonly cloud: Cloud;
  readonly registry: RegistryPlace;
  /** That of the environment before; undefined for the first one, and for a registry alone. */
  readonly upstream: RegistryPlace | undefined;
  /** `name` reads on after "The": `apply identity of prod in westeurope`. */
  readonly identity: { readonly name: string; readonly clientId: string };
  /** Who brings what a plan shows; undefined for a registry alone. */
  readonly applier: { readonly name: string; readonly clientId: string; readonly subscription: string } | undefined;
  readonly images: readonly WantedImage[];
}

/** Throws one UserError with every problem of the platform file and its lock; nothing has been called by then. */
export async function loadTarget(request: Request, workspace: string): Promise<Target> {
  const { place } = request;
  if (place.kind === 'registry') {
    const { host, tenant } = place;
    return {
      head: { platform: host, scope: host, region: '', production: false },
      tenant,
      cloud: cloudOfRegistry(host) ?? clouds.public,
      registry: { kind: 'host', host, title: host },
      upstream: undefined,
      // It is required with a registry.
      identity: { name: `identity of this job`, clientId: request.clientId ?? '' },
      applier: undefined,
      images: chooseImages(request, [], undefined),
    };
  }
  const { scope } = place;
  const { platform, lock, view } = await loadEnvironment(place, workspace, 'registry');
  const before = resolveAll(platform, lock).filter(
    (other): other is EnvironmentScope => other.kind === 'environment' && other.order === view.order - 1,
  );
  // The copy that is near; else the first one.
  const upstream = before.find(other => other.region === view.region) ?? before[0];
  if (request.command === 'promote' && upstream === undefined) {
    throw new UserError({
      message: `is \`${scope}\`, and there is no environment before it.`,
      location: { kind: 'input', name: 'scope' },
      remedy: 'Use `command: push`, which brings images in from their sources.',
    });
  }
  const role = request.command === 'plan' || request.command === 'verify' ? 'plan' : 'apply';
  const { platform: name, production, tenant } = view;
  return {
    head: { platform: name, scope, region: view.region, production },
    tenant,
    cloud: clouds[view.cloud],
    registry: registryOf(view),
    upstream: upstream === undefined ? undefined : registryOf(upstream),
    identity: identityIn(view, role, request.clientId),
    applier: { ...identityIn(view, 'apply', undefined), subscription: view.subscription },
    images: chooseImages(request, view.images, request.command === 'push' ? undefined : upstream?.images),
  };
}

function registryOf(view: EnvironmentScope): RegistryPlace {
  return { kind: 'resource', id: registryIdOf(view), title: `the registry of ${placeOf(view)}` };
}

/** `upstream`: what the file says of the environment before, where images come from there. */
function chooseImages(
  { wanted, repository, tags, platforms }: Request,
  own: EnvironmentScope['images'],
  upstream: EnvironmentScope['images'] | undefined,
): readonly WantedImage[] {
  const given = { ...(tags === undefined ? {} : { tags }), ...(platforms === undefined ? {} : { platforms }) };
  if (wanted.kind === 'file' || wanted.kind === 'list') {
    const named = wanted.kind === 'file' ? own : wanted.images;
    return named.map(({ name, source }) => {
      const said = own.find(image => image.name === name);
      const goes = said?.repository ?? name;
      const comes = upstream?.find(image => image.name === name)?.repository ?? goes;
      const origin: Origin =
        upstream === undefined
          ? { kind: 'registry', source }
          : { kind: 'upstream', repository: comes, digest: source.digest };
      const { tags: toldTags = [], platforms: toldPlatforms = [], setting } = said ?? {};
      return { name, origin, repository: goes, tags: toldTags, platforms: toldPlatforms, setting, ...given };
    });
  }
  // Inputs demand it with one image.
  const place = repository ?? '';
  const origin: Origin =
    wanted.kind === 'source'
      ? { kind: 'registry', source: wanted.source }
      : wanted.kind === 'layout'
        ? { kind: 'layout', path: wanted.path, reference: wanted.reference }
        : { kind: 'build', build: wanted.build };
  return [{ name: place, origin, repository: place, tags: [], platforms: [], setting: undefined, ...given }];
}
