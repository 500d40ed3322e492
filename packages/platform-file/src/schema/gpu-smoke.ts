import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { sourcePattern } from './images.ts';
import { block, named, switchable, words } from './vocabulary.ts';

export const gpuSmoke = switchable(
  block({
    level: words('quick', 'standard')
      .meta({
        description:
          'quick: whether work runs and is right. standard: also how fast, compared with what the size should reach.',
        default: defaults.gpuSmoke.level,
      })
      .optional(),
    image: named(
      new RegExp(sourcePattern.source.replaceAll(/\?<\w+>/g, '')),
      'Expected registry/repository@sha256:… with the digest, because a tag may move.',
    )
      .describe(
        'Image with Python 3.9 or newer in the place of the one that is pinned, such as a copy in your registry.',
      )
      .optional(),
    'fail-on': z
      .array(z.enum(['failed', 'blocked', 'inconclusive'], { error: 'Expected failed, blocked or inconclusive.' }), {
        error: 'Expected a list.',
      })
      .meta({
        description:
          'Verdicts that stop a promotion. blocked: no quota or capacity, wrong settings, or an image that cannot be had; inconclusive: all GPUs are in use, or the machine was taken back.',
        default: defaults.gpuSmoke.failOn,
      })
      .optional(),
  }),
).meta({
  description:
    'Promotions test the GPU pools of the environment after they applied it: a small Job, from no node if need be. It costs a GPU machine for some minutes each time.',
  default: false,
});
