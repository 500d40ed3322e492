import { count, mapInParallel, UserError } from '@suite/foundation';
import type { OpenRegistry, Services } from './ports.ts';
import type { Outcome } from './report.ts';
import type { Target, WantedImage } from './target.ts';

/** Locks what is there already; nothing where one of them is not as it should be. */
export async function lockOnly({ images }: Target, registry: OpenRegistry, services: Services): Promise<Outcome> {
  const named = images.flatMap(image => {
    const { origin } = image;
    if (origin.kind === 'upstream') return [{ image, digest: origin.digest }];
    return origin.kind === 'registry' ? [{ image, digest: origin.source.digest }] : [];
  });
  const problems = await mapInParallel(named, 4, async ({ image: { repository, tags }, digest }) => {
    const wrong = (reference: string, is: string) => ({
      message: `${registry.host}/${repository}${reference} is ${is}, so it was not locked. Nothing was locked.`,
      remedy: 'Push or promote it first.',
    });
    const there = await registry.transfers.find(repository, digest);
    if (there === undefined) return [wrong(`@${digest}`, 'not there')];
    const moved = await mapInParallel(tags, 1, async tag => {
      const found = await registry.transfers.find(repository, tag);
      return found?.digest === digest ? [] : [wrong(`:${tag}`, found?.digest ?? 'not there')];
    });
    return moved.flat();
  });
  if (problems.flat().length > 0) throw new UserError(problems.flat());
  await lockAll(named, registry, services);
  const references = Object.fromEntries(
    named.map(({ image, digest }) => [image.name, `${registry.host}/${image.repository}@${digest}`]),
  );
  return { findings: { verdict: 'applied', images: references } };
}

/** Digests first: a tag that is locked alone could lose its image. */
export async function lockAll(
  images: readonly { readonly image: WantedImage; readonly digest: string }[],
  registry: OpenRegistry,
  { log }: Pick<Services, 'log'>,
): Promise<void> {
  await mapInParallel(images, 4, async ({ image: { repository, tags }, digest }) => {
    for (const reference of [digest, ...tags]) {
      const locked = await registry.lock(repository, reference);
      if (locked === digest) continue;
      throw new UserError({
        message: `The tag ${registry.host}/${repository}:${reference} moved to ${locked} before it was locked; it is locked now.`,
        remedy: 'Look who else pushes there, and unlock it to set it right.',
      });
    }
  });
  log.info(`${count(images.length, 'image')} locked: digest and tags.`);
}
