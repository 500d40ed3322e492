import { sentenceList } from '@suite/foundation';
import { z } from 'zod';
import { parseCidr } from './cidr.ts';
import { defaults } from './defaults.ts';

/**
 * What people write. Keys are the field's words; everything that has a good default may be left out. This is the source
 * of the JSON Schema, so descriptions are for people in an editor, and patterns do without flags, which it cannot express.
 */
const named = (pattern: RegExp, expected: string) => z.string({ error: expected }).regex(pattern, { error: expected });

/** Lower case, because names are hashed from it and Azure compares it without regard to case. */
const guid = named(
  /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
  'Expected an id such as 11111111-2222-3333-4444-555555555555.',
).toLowerCase();
const location = named(/^[a-z][a-z0-9]{2,39}$/, 'Expected an Azure location in its short form, such as westeurope.');
const rangeExpected = 'Expected an IPv4 range: its first address and prefix length, such as 10.40.0.0/16.';
const cidr = z
  .string({ error: rangeExpected })
  .regex(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, { error: rangeExpected, abort: true })
  .refine(text => parseCidr(text) !== undefined, { error: rangeExpected });
const flag = z.boolean({ error: 'Expected true or false.' });
const duration = (units: string, example: string) =>
  named(new RegExp(`^[1-9]\\d{0,4}[${units}]$`), `Expected a duration such as ${example}.`);
// Azure's providers compare ids with regard to case, so what the portal shows is asked for to the letter.
const armId = (type: string) =>
  named(
    new RegExp(
      `^/subscriptions/[0-9a-fA-F-]{36}/resourceGroups/[^/]{1,90}/providers/${type.replaceAll('.', '\\.')}/[^/]{1,80}$`,
    ),
    `Expected an Azure id: /subscriptions/…/resourceGroups/…/providers/${type}/….`,
  );
const subnetId = named(
  /^\/subscriptions\/[0-9a-fA-F-]{36}\/resourceGroups\/[^/]{1,90}\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]{1,80}\/subnets\/[^/]{1,80}$/,
  'Expected the Azure id of a subnet: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/virtualNetworks/…/subnets/….',
);
const either = (values: readonly string[]) => sentenceList(values, 'or');
const words = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `Expected ${either(values)}.` });
const whole = (least: number, most: number) => {
  const error = `Expected a whole number from ${least} to ${most}.`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const list = <T extends z.ZodType>(item: T) => z.array(item, { error: 'Expected a list.' });
const block = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape, { error: 'Expected a block of settings.' });
/** On with settings, on with the defaults, or off. */
const switchable = <T extends z.ZodType>(settings: T) =>
  z.union([settings, z.boolean({ error: 'Expected a block of settings, true or false.' })]);

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
const allowable = {
  shared: ['logs', 'resource-group'],
  environment: [
    'cluster',
    'node-pool/system',
    'node-pool/user',
    'node-pool/gpu',
    'network',
    'registry',
    'identity',
    'resource-group',
  ],
} as const;
const allow = <const T extends readonly [string, ...string[]]>(here: T, there: readonly string[], place: string) =>
  list(
    z.enum(here, {
      error: ({ input }) =>
        there.some(entry => entry === input) ? `It belongs under \`allow\` of ${place}.` : `Expected ${either(here)}.`,
    }),
  ).describe('What a plan may delete, replace or rotate. Take it out afterwards.');
const allowShared = allow(allowable.shared, allowable.environment, 'an environment');
const allowEnvironment = allow(allowable.environment, allowable.shared, '`shared`');

const pool = (name: 'system' | 'user' | 'gpu') => {
  const fallback = defaults.pools[name];
  return {
    size: named(/^Standard_[A-Za-z0-9_-]{1,40}$/, 'Expected an Azure VM size such as Standard_D4ds_v5.')
      .meta({ description: 'VM size. Changing it replaces every node.', default: fallback.size })
      .optional(),
    min: whole(0, 1000)
      .meta({ description: 'Nodes that the autoscaler keeps at least.', default: fallback.min })
      .optional(),
    max: whole(1, 1000)
      .meta({ description: 'Nodes that the autoscaler makes at most.', default: fallback.max })
      .optional(),
    zones: list(z.literal([1, 2, 3, '1', '2', '3'], { error: 'Expected 1, 2 or 3.' }))
      .meta({
        description:
          'Availability zones. None by default, because not every location has them for every size. Changing them replaces every node.',
        default: [],
      })
      .optional(),
    disk: whole(30, 4095)
      .describe(
        'Size of the system disk in GB. Default: what Azure takes for the size. Changing it replaces every node.',
      )
      .optional(),
  };
};
const systemPool = block(pool('system'));
const userPool = block(pool('user'));
const gpuPool = block({
  ...pool('gpu'),
  driver: words('install', 'none')
    .meta({
      description: 'install: AKS brings the driver; none: the GPU operator does. Changing it replaces the pool.',
      default: defaults.pools.gpu.driver,
    })
    .optional(),
});

const on = (description: string) => flag.meta({ description, default: true }).optional();

const features = block({
  monitoring: on('Container Insights: logs and metrics into the shared workspace.'),
  defender: on('Microsoft Defender for Containers: threats at run time, vulnerabilities in images.'),
  policy: on('Azure Policy for Kubernetes.'),
  'key-vault-secrets': switchable(
    block({
      rotation: duration('mh', '2m')
        .meta({ description: 'How often secrets are fetched again.', default: defaults.features.rotation })
        .optional(),
    }),
  )
    .describe('Key Vault Secrets Provider: secrets of a vault as files in pods.')
    .optional(),
  'image-cleaner': switchable(
    block({
      interval: duration('hd', '48h')
        .meta({ description: 'How often unused images are removed, 24h to 90d.', default: defaults.features.interval })
        .optional(),
    }),
  )
    .describe('Removes unused images with known vulnerabilities from nodes.')
    .optional(),
  csi: block({
    blob: on('Blob storage as volumes.'),
    disk: on('Managed disks as volumes.'),
    file: on('File shares as volumes.'),
    snapshot: on('Snapshots of volumes.'),
  })
    .describe('Storage drivers.')
    .optional(),
  'workload-identity': on('Workload identity and the OIDC issuer. Switching it off replaces the cluster.'),
});

const cluster = block({
  version: named(/^1\.\d{2}$/, 'Expected a Kubernetes minor in quotes, such as "1.35".')
    .meta({
      description: 'Kubernetes minor, in quotes; patches follow the upgrade channel.',
      default: defaults.version,
    })
    .optional(),
  tier: words('free', 'standard', 'premium')
    .meta({ description: 'Tier of the control plane: free has no uptime agreement.', default: defaults.tier })
    .optional(),
  private: flag.describe('Private API server. Default: in production. Changing it replaces the cluster.').optional(),
  'run-command': flag.describe('`az aks command invoke`. Default: except in production.').optional(),
  'authorized-ranges': list(cidr).describe('Ranges that may reach a public API server. Default: any.').optional(),
  upgrades: block({
    cluster: words('none', 'patch', 'stable', 'rapid', 'node-image')
      .meta({ description: 'Which Kubernetes versions Azure installs by itself.', default: defaults.upgrades.cluster })
      .optional(),
    nodes: words('none', 'unmanaged', 'security-patch', 'node-image')
      .meta({ description: 'Which node images Azure installs by itself.', default: defaults.upgrades.nodes })
      .optional(),
  })
    .describe('What Azure upgrades by itself.')
    .optional(),
  pools: block({
    system: systemPool.describe('Critical add-ons only.').optional(),
    user: switchable(userPool).describe('Applications.').optional(),
    gpu: switchable(gpuPool).describe('GPU and machine learning workloads.').optional(),
  })
    .describe('Node pools.')
    .optional(),
  features: features.describe('Parts of AKS that can be switched off with false.').optional(),
});

const zone = (description: string) => cidr.describe(description).optional();

const network = block({
  'address-space': cidr
    .describe(
      'Range of the VNet. Said for an environment with `regions`, it is shared out: each region gets a quarter, in their order. Default: a /16 in 10.0.0.0/8.',
    )
    .optional(),
  zones: block({
    dmz: zone('Application Gateway for Containers; exactly a /24.'),
    compute: zone('Nodes.'),
    data: zone('Private endpoints.'),
    management: zone('Bastion.'),
  })
    .describe('Ranges of the four security zones. Default: cut from the address space.')
    .optional(),
  policy: words('cilium', 'azure')
    .meta({
      description: 'Who enforces network policies. Azure supports `azure` until 2028-09-30.',
      default: defaults.network.policy,
    })
    .optional(),
  pods: cidr.meta({ description: 'Overlay range of pods, a /24 per node.', default: defaults.network.pods }).optional(),
  services: cidr
    .meta({ description: 'Range of services, seen inside of the cluster only.', default: defaults.network.services })
    .optional(),
});

const registry = block({
  'public-access': flag
    .describe(
      'Reachable from outside of the network. Default: true, because this suite makes no private endpoint yet; with false nodes need one of yours to pull images.',
    )
    .optional(),
  'zone-redundant': flag
    .meta({
      description: 'Copies in several availability zones, where the location has them.',
      default: defaults.registry.zoneRedundant,
    })
    .optional(),
});

const existing = block({
  registry: armId('Microsoft.ContainerRegistry/registries').describe('Id of a registry.').optional(),
  network: block({
    id: armId('Microsoft.Network/virtualNetworks').describe('Id of a VNet.'),
    subnets: block({
      compute: subnetId.describe('Id of the subnet for nodes.'),
      dmz: subnetId.describe('Id of the subnet for Application Gateway for Containers.').optional(),
      data: subnetId.describe('Id of the subnet for private endpoints.').optional(),
      management: subnetId.describe('Id of the subnet for a bastion.').optional(),
    }).describe('Its subnets.'),
  })
    .describe('A VNet with its subnets.')
    .optional(),
}).describe('Used by id instead of made; never changed.');

/** What every layer may say: defaults, environment and region, the later one over the earlier one. */
const layer = {
  runner: runner.optional(),
  admins: list(guid).meta({ description: 'Entra groups that administer the cluster.', default: [] }).optional(),
  tags: tags.optional(),
  cluster: cluster.describe('The AKS cluster.').optional(),
  network: network.describe('VNet, its zones, and the ranges of the cluster.').optional(),
  registry: registry.describe('The container registry.').optional(),
};

const region = block({ ...layer, existing: existing.optional() });

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
  gate: block({
    hold: named(/^(?=[\s\S]{1,200}$)[^\n]*\S[^\n]*$/, 'Expected the reason in one line of at most 200 characters.')
      .describe('Nothing is promoted into the environment while this stands here. Say why.')
      .optional(),
  })
    .describe('What has to hold before a bundle enters the environment.')
    .optional(),
  allow: allowEnvironment.optional(),
  existing: existing.optional(),
  ...layer,
});

const name = named(
  /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,15}$/,
  'Expected 2 to 16 lower-case letters, digits and single dashes, beginning with a letter.',
);

export const platformSource = block({
  version: z.literal(1, { error: 'Expected the number 1, the version of this format.' }),
  name: name.describe('Name of the platform; part of every resource name.'),
  tenant: guid.describe('Entra tenant id.'),
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
    tags: tags.optional(),
    allow: allowShared.optional(),
  }).describe('What environments have in common: the log workspace.'),
  defaults: block(layer).describe('For all environments, unless they say something else.').optional(),
  environments: z
    .record(name, environment, { error: 'Expected a block of environments.' })
    .describe('One to six environments, promoted in this order.'),
  existing: block({
    logs: armId('Microsoft.OperationalInsights/workspaces').describe('Id of a log workspace.').optional(),
  })
    .describe('Used by id instead of made; never changed.')
    .optional(),
});

export type PlatformSource = z.infer<typeof platformSource>;
export type LayerSource = z.infer<z.ZodObject<typeof layer>>;
export type ExistingSource = z.infer<typeof existing>;
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
  version: z.literal(1, { error: 'Expected the number 1, the version of this format.' }),
  scopes: z.record(name, z.record(location, scopeLock, { error: 'Expected a block of locations.' }), {
    error: 'Expected a block of scopes.',
  }),
});

export type LockSource = z.infer<typeof lockSource>;
