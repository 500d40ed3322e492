import { z } from 'zod';
import { defaults } from '../defaults.ts';
import { secretNamespaces } from '../resolved-ai.ts';
import { chart, quantity } from './chart.ts';
import { block, duration, guid, list, named, switchable, whole, words } from './vocabulary.ts';

const secretName = named(
  /^[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?$/,
  'Expected the name of a Secret: lower-case letters, digits, dashes and dots.',
);
const secretKey = named(/^[A-Za-z0-9._-]{1,200}$/, 'Expected a key of a Secret: letters, digits, dashes, dots.');
const vaultSecret = named(
  /^[0-9A-Za-z-]{1,127}$/,
  'Expected the name of a secret in the key vault: letters, digits and dashes.',
);

/** Sign-in with Entra. A secret is never in the file: it is named. */
export const login = block({
  'client-id': guid.describe('Client id of the application in Entra that `bootstrap` makes.').optional(),
  secret: secretName
    .describe(
      'Kubernetes Secret in the namespace of the release that has the secret of the application under `client-secret`. Default: the name of the release and `-entra`. Grafana needs none: it signs in with the token of its pod.',
    )
    .optional(),
  'vault-secret': vaultSecret
    .describe('Secret in the key vault of the environment that is brought there, by CSI and workload identity.')
    .optional(),
  allowed: list(guid)
    .describe('Entra groups whose members may sign in. Default: those of `admins` of the environment.')
    .optional(),
  admins: list(guid)
    .describe('Entra groups whose members administer it. Default: those of `admins` of the environment.')
    .optional(),
}).describe('People sign in with Entra.');

const coresExpected = 'Expected a number of cores from 0.05 to 416.';
const cores = z.number({ error: coresExpected }).min(0.05, { error: coresExpected }).max(416, { error: coresExpected });

/** Tools for machine learning, GPUs, and secrets that they need. Nobody gets them without asking. */
export const aiReleases = {
  jupyterhub: switchable(
    block({
      ...chart,
      login: login.optional(),
      storage: quantity
        .meta({ description: "Size of each person's volume.", default: defaults.releases.notebooks.storage })
        .optional(),
      'start-timeout': duration('m', '20m')
        .describe(
          `How long a notebook may take to start, 1m to 60m. Default: ${defaults.releases.notebooks.gpuTimeout} where a profile has GPUs, because their nodes are made when they are asked for, else ${defaults.releases.notebooks.timeout}.`,
        )
        .optional(),
      profiles: list(
        block({
          name: named(/^[A-Za-z0-9](?:[A-Za-z0-9 ().,+-]{0,58}[A-Za-z0-9)])?$/, 'Expected a name of 1 to 60 letters.')
            .describe('What people choose it by.')
            .optional(),
          description: named(/^[^\n]{1,200}$/, 'Expected one line.')
            .describe('What it is for.')
            .optional(),
          cpu: cores.describe('Cores that a notebook gets at least.').optional(),
          memory: quantity.describe('Memory that a notebook gets, and not more.').optional(),
          gpus: whole(0, 16).meta({ description: 'GPUs, on nodes of the GPU pool.', default: 0 }).optional(),
          image: named(
            /^[a-z0-9][a-z0-9.:/_-]{1,200}(?::[A-Za-z0-9_.-]{1,127})?(?:@sha256:[0-9a-f]{64})?$/,
            'Expected an image such as quay.io/jupyter/pytorch-notebook:2026-08-17.',
          )
            .describe('Image of the notebook. Default: the one of the chart.')
            .optional(),
        }),
      )
        .describe(
          'What people may start. Default: a small one on the user pool, and with a GPU pool and `gpu` one with a GPU.',
        )
        .optional(),
    }),
  ).meta({ description: 'JupyterHub: notebooks for many people.', default: false }),
  mlflow: switchable(
    block({
      ...chart,
      login: login.optional(),
      database: words('cluster', 'flexible-server')
        .describe(
          'Where experiments and models are written down: PostgreSQL in the cluster, or the `database` of the environment. Default: the latter where there is one.',
        )
        .optional(),
      artifacts: words('cluster', 'blob')
        .describe(
          'Where files are kept: MinIO in the cluster, or the `storage` of the environment. Default: blob from the second environment on, where there is storage.',
        )
        .optional(),
      storage: quantity
        .meta({
          description: 'Size of each volume in the cluster. It can only grow.',
          default: defaults.releases.mlflow.storage,
        })
        .optional(),
    }),
  ).meta({ description: 'MLflow: experiments, artifacts and the registry of models.', default: false }),
  gpu: switchable(
    block({
      ...chart,
      stack: words('operator', 'device-plugin')
        .meta({
          description:
            'operator: the NVIDIA GPU operator, with the driver of AKS or, where `cluster.pools.gpu.driver` is none, with its own. device-plugin: only the device plugin and the exporter of metrics, with the driver of AKS.',
          default: defaults.releases.gpu.stack,
        })
        .optional(),
      exporter: block(chart).describe('With device-plugin: chart and values of the DCGM exporter.').optional(),
    }),
  ).meta({ description: 'What pods need to use GPUs, and metrics of them.', default: false }),
  secrets: switchable(
    block({
      values: chart.values,
      entries: z
        .record(
          secretName,
          block({
            namespace: words(...secretNamespaces)
              .describe('Namespace that it is made in.')
              .optional(),
            keys: z
              .record(secretKey, vaultSecret, { error: 'Expected a block: keys of the Secret and their secrets.' })
              .describe('Keys of the Secret, and the secrets in the key vault that they hold.')
              .optional(),
          }),
          { error: 'Expected a block of Secrets.' },
        )
        .describe('Kubernetes Secrets by their names.')
        .optional(),
    }),
  ).describe(
    'Secrets of the key vault as Kubernetes Secrets, by CSI and workload identity. Those that a `login` names are among them. Default: on where there are any.',
  ),
} as const;
