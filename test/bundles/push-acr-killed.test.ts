import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EnvironmentScope, loadPlatformWithLock, resolveAll } from '@suite/platform-file';
import type { RegistryView } from '@suite/sandbox';
import { type BundleWorld, openBundleWorld, type RunOptions, succeeded } from '../support/bundle.ts';
import { type ImagePlace, inRegistry, makeImage } from '../support/images.ts';
import { effectsOf, playCells } from '../support/kill-matrix.ts';

/** An image on its way from its source to the second registry, and locked there: the machine is lost before and after each thing written. */
let sandbox: BundleWorld;
let views: readonly EnvironmentScope[];
/** Of the image and of what hangs on it. */
const blobs: string[] = [];

beforeAll(async () => {
  sandbox = await openBundleWorld();
  const { world } = sandbox;
  world.settings.operationMs = 0;
  const place = inRegistry(world.registries.registry('ghcr.io'), 'contoso/web');
  const watched: ImagePlace = {
    ...place,
    blob: (mediaType, content) => {
      const made = place.blob(mediaType, content);
      blobs.push(made.digest);
      return made;
    },
  };
  const { digest } = makeImage(watched, { name: 'web', platforms: ['linux/amd64'] });
  await sandbox.edit(
    'platform.yaml',
    text =>
      `${text.replace(/^images:\n(?: {2}.*\n)*/m, '')}images:\n  web: { source: "ghcr.io/contoso/web@${digest}", repository: apps/web, tags: [v1] }\n`,
  );
  const { platform, lock } = await loadPlatformWithLock(join(sandbox.checkout, 'platform.yaml'), sandbox.checkout);
  views = resolveAll(platform, lock).filter(view => view.kind === 'environment');
  for (const view of views) {
    const { subscription, resourceGroup, region: location } = view;
    const id = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerRegistry/registries/${nameOf(view)}`;
    world.azure.putResource(id, { location, sku: { name: 'Premium' } });
  }
});
afterAll(() => sandbox.close());

function nameOf({ registry }: EnvironmentScope): string {
  if (registry.existing) throw new Error('The example makes its registries itself.');
  return registry.name;
}

function registryOf(scope: string): RegistryView {
  const view = views.find(found => found.scope === scope);
  if (view === undefined) throw new Error(`The example has no ${scope}.`);
  return sandbox.world.registries.registry(nameOf(view));
}

/** Blobs, manifests, tags, and what nobody may change any more. */
function look(scope: string) {
  const registry = registryOf(scope);
  const isLocked = (reference: string) => !registry.attributes('apps/web', reference).writeEnabled;
  return {
    blobs: blobs.filter(digest => registry.readBlob('apps/web', digest) !== undefined),
    manifests: registry
      .manifests('apps/web')
      .map(({ digest, tags }) => ({ digest, isLocked: isLocked(digest), tags: tags.map(tag => [tag, isLocked(tag)]) }))
      .sort((one, other) => one.digest.localeCompare(other.digest)),
  };
}

test.each([
  ['push', 'dev'],
  ['promote', 'staging'],
] as const)(
  '%s to %s: the next run comes to the same end',
  async (command, scope) => {
    const perform = (options: RunOptions = {}) =>
      sandbox.run({ command, scope, lock: 'true' }, { action: 'push-acr', ...options });
    const effects = await effectsOf(sandbox.world, async () => succeeded(await perform()));
    expect(effects.length).toBeGreaterThan(2);
    const end = look(scope);
    expect(end.manifests.flatMap(({ tags }) => tags)).toContainEqual(['v1', true]);
    await playCells(`push-acr ${command}`, sandbox.world, effects, {
      startAnew: () => void registryOf(scope).deleteRepository('apps/web'),
      run: perform,
      whatIsLeft: () => look(scope),
      goOn: async () => {
        succeeded(await perform());
        return look(scope);
      },
      end,
    });
  },
  300_000,
);
