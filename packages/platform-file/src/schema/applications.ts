import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { block, flag, list, named, words } from './vocabulary.ts';

const label = (what: string) =>
  named(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, `Expected ${what}: lower-case letters, digits and dashes.`);

/** Placeholders are filled in before it is used; anything that leads out of the repository is no folder in it. */
const folder = named(
  /^(?!\/)(?!(?:.*\/)?\.{1,2}(?:\/|$))(?:[A-Za-z0-9._/-]|\{environment\}|\{region\}){1,200}(?<!\/)$/,
  'Expected a folder in the repository, such as environments/{environment}.',
);

const application = block({
  name: label('the name of an application').describe('Name of its Application in Argo CD.'),
  namespace: label('a namespace').describe('Namespace it runs in. Default: its name.').optional(),
  path: folder.describe('Its folder. Default: its name, in the folder of all.').optional(),
  images: list(label('the name of an image'))
    .meta({
      description: 'Images that belong to it, by their names under `images`: their digests are delivered to it.',
      default: [],
    })
    .optional(),
  values: z
    .record(label('the name of an image'), named(/^[A-Za-z0-9_.-]{1,200}$/, 'Expected the path of a key: app.image.'), {
      error: 'Expected a block of names of images and keys.',
    })
    .describe(
      'Of a Helm chart: the key in its values that holds `repository` and `digest` of an image. Default: found by the name of the repository.',
    )
    .optional(),
});

const settings = block({
  repository: named(
    /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/,
    'Expected owner/name of a repository on the same GitHub server.',
  )
    .describe('Repository that Argo CD deploys from: `contoso/gitops`.')
    .optional(),
  branch: named(
    /^(?!-)(?!.*(?:\.\.|\/\/|@\{))[A-Za-z0-9._/-]{1,200}(?<![./])$/,
    'Expected the name of a branch, such as main.',
  )
    .meta({ description: 'Branch of it.', default: defaults.applications.branch })
    .optional(),
  path: folder
    .meta({
      description: 'Folder of an environment in it. `{environment}` and `{region}` stand for their names.',
      default: defaults.applications.path,
    })
    .optional(),
  deliver: words('git', 'application')
    .meta({
      description:
        'How digests of images get there: as a commit to the repository, or as an override in the Application.',
      default: defaults.applications.delivery,
    })
    .optional(),
  sync: words('automatic', 'manual')
    .meta({
      description:
        'automatic: Argo CD also follows commits of others, removes what is gone and undoes changes by hand. manual: only runs of these actions sync.',
      default: defaults.applications.sync,
    })
    .optional(),
  root: flag
    .meta({
      description:
        'The folder of an environment holds Application or ApplicationSet objects of your own; only the Application over them is made here.',
      default: false,
    })
    .optional(),
  apps: list(application).meta({ description: 'Applications.', default: [] }).optional(),
});

export const applications = z
  .union([settings, z.literal(false, { error: 'Expected a block of settings, or false.' })])
  .describe('What Argo CD deploys from Git, with the images that are promoted. `false` leaves an environment out.');

export type ApplicationsSource = z.infer<typeof settings>;
