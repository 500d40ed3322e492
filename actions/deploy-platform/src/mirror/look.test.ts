import { expect, test } from '@jest/globals';
import { RegistryFailure } from '@suite/registry';
import { lookAtImages } from './look.ts';
import { mirrorOf } from './mirror.fixture.ts';

const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;
const busy = new RegistryFailure('busy', { message: 'The limit is kept up.', remedy: 'Run it again later.' });
const refused = new RegistryFailure('rights', { message: 'Nobody may.' });

test('a tag of the mirror counts before that of its origin, which is not asked', async () => {
  const { mirror, asked } = mirrorOf(
    { 'mirror/quay.io/a/b:1': digestOf('a') },
    { 'quay.io': { 'a/b:1': digestOf('b') } },
  );
  const { images } = await lookAtImages(['quay.io/a/b:1', 'quay.io/a/b:1'], mirror);
  expect(images.get('quay.io/a/b:1')).toMatchObject({ digest: digestOf('a'), isPresent: true, tag: '1' });
  expect(asked).toEqual(['cr.azurecr.io/mirror/quay.io/a/b:1']);
});

test('what the mirror lacks is found at its origin, also before there is a registry', async () => {
  for (const held of [{}, undefined]) {
    const { mirror } = mirrorOf(held, { 'docker.io': { 'library/redis:8': digestOf('c') } });
    const { images, problems } = await lookAtImages(['redis:8'], mirror);
    expect([...images.values()]).toMatchObject([
      { name: 'redis:8', digest: digestOf('c'), repository: 'mirror/docker.io/library/redis', isPresent: false },
    ]);
    expect(problems.size).toBe(0);
  }
});

test('a digest has a tag of its own, because the one beside it may stand for something else', async () => {
  const name = `quay.io/a/b:1@${digestOf('d')}`;
  const { mirror } = mirrorOf(
    { 'mirror/quay.io/a/b:1': digestOf('a') },
    { 'quay.io': { [`a/b@${digestOf('d')}`]: digestOf('d') } },
  );
  const { images } = await lookAtImages([name], mirror);
  expect(images.get(name)).toMatchObject({ digest: digestOf('d'), isPresent: false, tag: 'digest-dddddddddddd' });
});

test('what is in the registry already is left alone', async () => {
  const { mirror, asked } = mirrorOf({});
  const { images, problems } = await lookAtImages(['cr.azurecr.io/apps/web:1', '{{ no image }}'], mirror);
  expect([images.size, problems.size, asked]).toEqual([0, 0, []]);
});

test('each that cannot be had is a message of its own, and the others are found', async () => {
  const origin = { 'a/limited:1': busy, 'a/refused:1': refused, 'a/there:1': digestOf('e') };
  const { mirror } = mirrorOf({}, { 'quay.io': origin });
  const names = ['gone', 'limited', 'refused', 'there'].map(one => `quay.io/a/${one}:1`);
  const { images, problems } = await lookAtImages(names, mirror);
  expect([...images.keys()]).toEqual(['quay.io/a/there:1']);
  expect(Object.fromEntries(problems)).toEqual({
    'quay.io/a/gone:1': {
      message: 'There is no image quay.io/a/gone:1, which is to be mirrored.',
      remedy: 'Check the tag that the values of the release name, and whether it was deleted there.',
    },
    'quay.io/a/limited:1': {
      message: 'The image quay.io/a/limited:1 cannot be mirrored: The limit is kept up.',
      remedy:
        'Run it again later. Anonymous readers share a limit; with the credentials of an account it can be brought by `push-acr`, as `mirror/quay.io/a/limited` with this tag.',
    },
    'quay.io/a/refused:1': {
      message: 'The image quay.io/a/refused:1 cannot be mirrored: Nobody may.',
      remedy:
        'Is it there at all? If it is, with the credentials of an account it can be brought by `push-acr`, as `mirror/quay.io/a/refused` with this tag.',
    },
  });
});

test('a mirror that does not answer is no problem of one image', async () => {
  const { mirror } = mirrorOf({ 'mirror/quay.io/a/b:1': busy });
  await expect(lookAtImages(['quay.io/a/b:1'], mirror)).rejects.toBe(busy);
});
