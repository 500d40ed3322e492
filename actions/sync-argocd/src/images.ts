import { clouds, loginServerOf } from '@suite/azure/clouds';
import type { EnvironmentScope } from '@suite/platform-file';
import type { PlacedImage } from './deliver/index.ts';
import type { NamedImage } from './inputs.ts';

/** The images of an environment, in its own registry. Those of `overrides` take the place of the platform file's. */
export function placedImages(
  { images }: Pick<EnvironmentScope, 'images'>,
  loginServer: string,
  overrides: readonly NamedImage[],
): readonly PlacedImage[] {
  const said = images.map(({ name, repository, source }): PlacedImage => {
    const override = overrides.find(image => image.name === name);
    const origin = `${source.host}/${source.repository}`;
    if (override === undefined) {
      return { name, repository: `${loginServer}/${repository}`, digest: source.digest, knownAs: [origin] };
    }
    const { host, repository: other, digest } = override.source;
    return { name, repository: `${host}/${other}`, digest, knownAs: [origin, `${loginServer}/${repository}`] };
  });
  const names = new Set(images.map(({ name }) => name));
  const more = overrides
    .filter(({ name }) => !names.has(name))
    .map(({ name, source: { host, repository, digest } }) => ({ name, repository: `${host}/${repository}`, digest }));
  return [...said, ...more];
}

/** By Terraform's word; before its first apply, and where a registry is brought along, by its name. */
export function loginServerIn(
  { registry, cloud }: Pick<EnvironmentScope, 'registry' | 'cloud'>,
  outputs: Readonly<Record<string, unknown>> | undefined,
): string {
  const known = outputs?.['registry_login_server'];
  if (typeof known === 'string' && known !== '') return known;
  return loginServerOf(clouds[cloud], registry.existing ? registry.id : registry.name);
}
