import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { armId, block, flag, guid, list, named, words } from './vocabulary.ts';

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
  charts: list(label('the name of a chart'))
    .meta({
      description:
        'Helm charts that belong to it, by their names under `charts`: their versions are delivered to its folder.',
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

const argoCd = block({
  cluster: armId('Microsoft.ContainerService/managedClusters')
    .describe(
      'Azure id of the AKS cluster whose Argo CD deploys into this one (a hub). Default: the Argo CD of this cluster.',
    )
    .optional(),
  namespace: label('a namespace')
    .meta({ description: 'Of a hub: namespace of its Argo CD.', default: defaults.applications.argoNamespace })
    .optional(),
  'client-id': guid
    .describe(
      'Of a hub: client id that its Argo CD signs in to this cluster with. Default: that of its service accounts.',
    )
    .optional(),
  'object-id': guid
    .describe('Of a hub: object id of the identity that its Argo CD works as. It gets the rights in this cluster.')
    .optional(),
  server: named(
    /^https:\/\/[A-Za-z0-9.-]+(?::\d{1,5})?(?:\/[\w.~-]+)*\/?$/,
    'Expected https://argocd.contoso.com, with the path where it is served below one.',
  )
    .describe(
      'Address of the Argo CD server in this cluster, through which everything is done instead of the objects in the cluster.',
    )
    .optional(),
  audience: named(
    /^[\w.:/-]{1,250}$/,
    "Expected the client id, or the application id URI, of Argo CD's registration in Entra, or the client id of Dex's connector.",
  )
    .describe(
      "Of a server: client id or application id URI of Argo CD's registration in Entra, or with `dex-connector` the client id of that connector.",
    )
    .optional(),
  'dex-connector': named(/^[\w.-]{1,100}$/, 'Expected the id of a connector in `dex.config` of Argo CD.')
    .describe("Of a server: id of the connector of its Dex at which GitHub's token of the job is exchanged.")
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
        'How digests of images get there: as a commit to the repository, or as an override in the Application. Versions of charts are committed.',
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
  'argo-cd': argoCd.describe('Which Argo CD deploys them. Default: the one in the cluster, by its objects.').optional(),
  apps: list(application).meta({ description: 'Applications.', default: [] }).optional(),
});

export const applications = z
  .union([settings, z.literal(false, { error: 'Expected a block of settings, or false.' })])
  .describe(
    'What Argo CD deploys from Git, with the images and charts that are promoted. `false` leaves an environment out.',
  );

export type ApplicationsSource = z.infer<typeof settings>;
