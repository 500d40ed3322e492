import { z } from 'zod';
import { cloudNames } from './cloud.ts';
import { defaults } from './defaults.ts';
import { formatVersion } from './format-version.ts';
import { applications } from './schema/applications.ts';
import { charts } from './schema/charts.ts';
import { cluster } from './schema/cluster.ts';
import { gate } from './schema/gate.ts';
import { gpuSmoke } from './schema/gpu-smoke.ts';
import { images } from './schema/images.ts';
import { names } from './schema/names.ts';
import { existing, network } from './schema/network.ts';
import { ownTerraform } from './schema/own-terraform.ts';
import type { gpuPool, userPool } from './schema/pools.ts';
import { releases } from './schema/releases.ts';
import { rollout } from './schema/rollout.ts';
import { alerts, backup, budget, cache, database, gateway, keyVault, registry, storage } from './schema/services.ts';
import {
  armId,
  block,
  domain,
  duration,
  either,
  flag,
  guid,
  list,
  location,
  named,
  words,
} from './schema/vocabulary.ts';

/**
 * What people write. Keys are the field's words; everything that has a good default may be left out. This is the source
 * of the JSON Schema.
 */
const tags = z
  .record(
    named(/^[^<>%&\\?/]{1,512}$/, 'Expected a tag name without < > % & \\ ? /.'),
    z.string({ error: 'Expected a text.' }).max(256, { error: 'Expected at most 256 characters.' }),
    { error: 'Expected a block of names and texts.' },
  )
  .describe('Azure tags, added to platform, environment and managed-by.');
const runner = named(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'Expected the label of a runner.').meta({
  description: 'Label of the runner for its jobs. A private cluster needs one inside its network.',
  default: defaults.runner,
});
/** What `allow:` takes, per kind of scope: the keys that change reports guard with. */
export const allowable = {
  shared: ['logs', 'dns', 'key-vault', 'resource-group', 'adopt'],
  environment: [
    'cluster',
    'node-pool/system',
    'node-pool/user',
    'node-pool/gpu',
    'network',
    'registry',
    'key-vault',
    'storage',
    'database',
    'cache',
    'dns',
    'backup',
    'metrics',
    'identity',
    'resource-group',
    'adopt',
  ],
} as const;
/** Keys of another kind of scope have a meaning where Terraform of somebody's own makes such things: a check decides about them. */
const allowed = (here: keyof typeof allowable, more: readonly string[] = []) =>
  z.enum([...new Set([...allowable[here], ...allowable.shared, ...allowable.environment])], {
    error: `Expected ${either([...allowable[here], ...more])}.`,
  });
/** Also of a release or an application that stands in the file no more. Aborts, so that what it is not is told by the words beside it. */
const allowedPart = z
  .string()
  .regex(/^(?:release\/[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?|application\/[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)$/, {
    abort: true,
  });
const allowShared = list(allowed('shared')).describe(
  'What a plan may delete, replace or rotate, and whether it adopts what exists and is not recorded (`adopt`). Take it out afterwards.',
);
const allowEnvironment = list(
  z.union([
    allowedPart,
    allowed('environment', ['release/<name of a release>', 'application/<name of an application>']),
  ]),
).describe(
  'What a plan may delete, replace or rotate, among it what a release holds (`release/<name>`) and a whole application (`application/<name>`); and whether it adopts what exists and is not recorded (`adopt`). Take it out afterwards.',
);

/** What every layer may say: defaults, environment and region, the later one over the earlier one. */
const layer = {
  runner: runner.optional(),
  admins: list(guid).meta({ description: 'Entra groups that administer the cluster.', default: [] }).optional(),
  tags: tags.optional(),
  cluster: cluster.describe('The AKS cluster.').optional(),
  network: network.describe('VNet, its zones, and the ranges of the cluster.').optional(),
  registry: registry.describe('The container registry.').optional(),
  gateway: gateway.optional(),
  'key-vault': keyVault.describe('The vault for certificates and secrets.').optional(),
  storage: storage.optional(),
  database: database.optional(),
  cache: cache.optional(),
  backup: backup.optional(),
  budget: budget.optional(),
  alerts: alerts.optional(),
  releases: releases.optional(),
  rollback: words('on-failure', 'never')
    .describe(
      'What becomes of a release whose upgrade fails: back to what ran well before it, unless it holds data, or left for a person to look at. With it goes back what the same run has upgraded and hangs together with it by `needs`; others stay upgraded. Default: on-failure; never in production, whose old pods serve on until new ones are ready.',
    )
    .optional(),
  'gpu-smoke': gpuSmoke.optional(),
  protect: flag
    .describe(
      'Locks against deletion on what holds data. Default: in production. Take it away in a pull request before you delete.',
    )
    .optional(),
  terraform: ownTerraform.optional(),
};

/** What differs from what the whole platform runs. */
const own = { images: images.optional(), charts: charts.optional(), applications: applications.optional() };

const region = block({ ...layer, ...own, existing: existing.optional(), names: names.optional() });

const environment = block({
  subscription: guid.describe('Azure subscription id.'),
  location: location.describe('Azure location, such as westeurope; or `regions` for several.').optional(),
  regions: z
    .record(location, z.union([region, z.null({ error: 'Expected a block of settings, or nothing.' })]), {
      error: 'Expected a block of locations.',
    })
    .describe('One to four locations, each with what is different there.')
    .optional(),
  production: flag
    .describe('Production settings: private API server, no run command. Default: the last environment.')
    .optional(),
  domain: domain
    .describe("Where the environment's names live. Default: `<environment>.<domain>` below the platform's domain.")
    .optional(),
  gate: gate.optional(),
  rollout: rollout.optional(),
  allow: allowEnvironment.optional(),
  existing: existing.optional(),
  names: names.optional(),
  ...layer,
  ...own,
});

const name = named(
  /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,15}$/,
  'Expected 2 to 16 lower-case letters, digits and single dashes, beginning with a letter.',
);

export const platformSource = block({
  version: z.literal(formatVersion, { error: 'Expected the number 1, the version of this format.' }),
  name: name.describe('Name of the platform; part of every resource name.'),
  tenant: guid.describe('Entra tenant id.'),
  cloud: words(...cloudNames)
    .meta({
      description:
        "Azure's cloud that tenant, subscriptions and locations are of, by the name that Terraform has for it.",
      default: defaults.cloud,
    })
    .optional(),
  engine: words('terraform', 'opentofu')
    .meta({
      description: 'The program that makes the infrastructure of every scope, in any version from 1.11 on.',
      default: defaults.engine,
    })
    .optional(),
  domain: domain
    .describe('Domain of the platform. Every environment gets a part of it. Without it no DNS zone is made.')
    .optional(),
  shared: block({
    subscription: guid.describe('Azure subscription id.'),
    location: location.describe('Azure location, such as westeurope.'),
    runner: runner.optional(),
    logs: block({
      retention: duration('d', '30d')
        .meta({ description: 'How long logs are kept, 30d to 730d.', default: defaults.retention })
        .optional(),
    })
      .describe('The log workspace.')
      .optional(),
    'key-vault': block({
      'public-access': flag
        .meta({
          description: 'Reachable from outside of the networks of environments.',
          default: defaults.sharedVault.publicAccess,
        })
        .optional(),
    })
      .describe('The vault of environments that have none of their own.')
      .optional(),
    tags: tags.optional(),
    terraform: ownTerraform.optional(),
    allow: allowShared.optional(),
  }).describe('What environments have in common: log workspace, DNS zone, vault.'),
  defaults: block({ ...layer, rollout: rollout.optional() })
    .describe('For all environments, unless they say something else.')
    .optional(),
  environments: z
    .record(name, environment, { error: 'Expected a block of environments.' })
    .describe('One to six environments, promoted in this order.'),
  images: images.optional(),
  charts: charts.optional(),
  applications: applications.optional(),
  existing: block({
    logs: armId('Microsoft.OperationalInsights/workspaces').describe('Id of a log workspace.').optional(),
    'dns-zone': armId('Microsoft.Network/dnszones').describe('Id of the DNS zone of `domain`.').optional(),
    'key-vault': armId('Microsoft.KeyVault/vaults').describe('Id of the shared vault.').optional(),
  })
    .describe('Used by id instead of made; never changed.')
    .optional(),
});

export type PlatformSource = z.infer<typeof platformSource>;
export type LayerSource = z.infer<z.ZodObject<typeof layer>>;
export type ExistingSource = z.infer<typeof existing>;
export type NamesSource = z.infer<typeof names>;
export type UserPoolSource = z.infer<typeof userPool>;
export type PoolSource = z.infer<typeof gpuPool>;

const scopeLock = block({
  identities: block({
    plan: guid.describe('Client id of the identity that plans.'),
    apply: guid.describe('Client id of the identity that applies.'),
  }),
  state: block({
    account: named(
      /^[a-z0-9]{3,24}$/,
      'Expected the name of a storage account: 3 to 24 lower-case letters and digits.',
    ),
    container: named(
      /^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/,
      'Expected the name of a blob container: 3 to 63 lower-case letters, digits and single dashes.',
    ),
  }),
});

export const lockSource = block({
  version: z.literal(formatVersion, { error: 'Expected the number 1, the version of this format.' }),
  scopes: z.record(name, z.record(location, scopeLock, { error: 'Expected a block of locations.' }), {
    error: 'Expected a block of scopes.',
  }),
});

export type LockSource = z.infer<typeof lockSource>;
