import { asObject, asString, parseJson } from '@suite/foundation';
import type { BuildRequest } from './ports.ts';

export interface BuildPlace {
  /** `crcontoso.azurecr.io/apps/web`. */
  readonly name: string;
  /** Where buildx writes what it made. */
  readonly metadataFile: string;
}

/**
 * Arguments of `docker`. It pushes by digest alone, so that a tag moves only when everything is there and nothing else would
 * lose it. Provenance and SBOM are children of the index that it pushes (Docker's documentation, "Image and registry exporters").
 */
export function buildArgs(
  { context, file, target, platforms, arguments: given }: BuildRequest,
  { name, metadataFile }: BuildPlace,
): readonly string[] {
  return [
    'buildx',
    'build',
    '--progress=plain',
    `--output=type=image,name=${name},push-by-digest=true,name-canonical=true,push=true`,
    '--provenance=true',
    '--sbom=true',
    `--metadata-file=${metadataFile}`,
    ...(platforms.length === 0 ? [] : [`--platform=${platforms.join(',')}`]),
    ...(file === undefined ? [] : [`--file=${file}`]),
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...given.map(argument => `--build-arg=${argument}`),
    // What follows is a path, whatever it begins with.
    '--',
    context,
  ];
}

/** Digest of what was pushed; undefined for metadata that tell none. */
export function readDigest(metadata: string): string | undefined {
  const digest = asString(asObject(parseJson(metadata))['containerimage.digest']);
  return digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest) ? digest : undefined;
}

/**
 * Docker's configuration with a login of ours. The empty helper makes Docker look in this file for the registry, wherever
 * it keeps other logins (docker/cli, `getConfiguredCredentialStore`).
 */
export function withLogin(
  config: string,
  host: string,
  login: { readonly user: string; readonly password: string },
): string {
  const before = asObject(parseJson(config));
  const auth = Buffer.from(`${login.user}:${login.password}`).toString('base64');
  return JSON.stringify({
    ...before,
    auths: { ...asObject(before['auths']), [host]: { auth } },
    credHelpers: { ...asObject(before['credHelpers']), [host]: '' },
  });
}
