import { z } from 'zod';

/**
 * What people write. Keys are the field's words; everything that has a good default may be left out. This is the source
 * of the JSON Schema, so descriptions are for people in an editor.
 */
const named = (pattern: RegExp, expected: string) => z.string({ error: expected }).regex(pattern, { error: expected });

const guid = named(
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'Expected an id such as 11111111-2222-3333-4444-555555555555.',
);
const location = named(/^[a-z][a-z0-9]{2,39}$/, 'Expected an Azure location in its short form, such as westeurope.');
const cidr = named(/^\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}$/, 'Expected an IPv4 range such as 10.40.0.0/16.');
const flag = z.boolean({ error: 'Expected true or false.' });
const duration = (units: string, example: string) =>
  named(new RegExp(`^[1-9]\\d{0,4}[${units}]$`), `Expected a duration such as ${example}.`);
const armId = (type: string) =>
  named(
    new RegExp(
      `^/subscriptions/[0-9a-f-]{36}/resourceGroups/[^/]{1,90}/providers/${type.replaceAll('.', '\\.')}/[^/]+$`,
      'i',
    ),
    `Expected the Azure id of a ${type.split('/').slice(1).join('/')}: /subscriptions/…/resourceGroups/…/providers/${type}/….`,
  );
const subnetId = named(
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]{1,90}\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i,
  'Expected the Azure id of a subnet: /subscriptions/…/virtualNetworks/…/subnets/….',
);
const words = <const T extends readonly [string, ...string[]]>(...values: T) =>
  z.enum(values, { error: `Expected ${values.slice(0, -1).join(', ')} or ${values.at(-1)}.` });
const whole = (least: number, most: number) =>
  z
    .int({ error: `Expected a whole number from ${least} to ${most}.` })
    .min(least, { error: `Expected a whole number from ${least} to ${most}.` })
    .max(most, { error: `Expected a whole number from ${least} to ${most}.` });
const list = <T extends z.ZodType>(item: T) => z.array(item, { error: 'Expected a list.' });
const block = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape);
const off = z.literal(false, { error: 'Expected a block of settings, or false to switch it off.' });

const tags = z
  .record(
    named(/^[^<>%&\\?/]{1,512}$/, 'Expected a tag name without < > % & \\ ? /.'),
    z.string({ error: 'Expected a text.' }).max(256, { error: 'Expected at most 256 characters.' }),
  )
  .describe('Azure tags, added to ours.');
const runner = named(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'Expected the label of a runner.').describe(
  'Label of the runner for this environment. A private cluster needs one inside its network.',
);
const allow = list(named(/^[a-z][a-z0-9/-]{0,63}$/, 'Expected an entry such as cluster or node-pool/gpu.')).describe(
  'What a plan may delete, replace or rotate: cluster, node-pool/NAME, network, registry, logs, resource-group, identity. Take it out afterwards.',
);

const size = named(/^Standard_[A-Za-z0-9_-]{1,40}$/, 'Expected an Azure VM size such as Standard_D4ds_v5.');
const pool = block({
  size: size.optional().describe('VM size. Changing it replaces every node.'),
  min: whole(0, 1000).optional().describe('Nodes that the autoscaler keeps at least.'),
  max: whole(1, 1000).optional().describe('Nodes that the autoscaler makes at most.'),
  zones: list(words('1', '2', '3'))
    .optional()
    .describe('Availability zones; none by default because not every size is offered in every zone.'),
  disk: whole(30, 4095).optional().describe('Size of the system disk in GB.'),
});
const gpuPool = pool.extend({
  driver: words('install', 'none')
    .optional()
    .describe('install: AKS brings the driver; none: the GPU operator does. Changing it replaces the pool.'),
});

const version = named(/^1\.\d{2}$/, 'Expected a Kubernetes minor in quotes, such as "1.35".');

const cluster = block({
  version: version.optional().describe('Kubernetes minor, in quotes; patches follow the upgrade channel.'),
  tier: words('free', 'standard', 'premium').optional(),
  private: flag.optional().describe('Private API server. Changing it replaces the cluster. Default: production.'),
  'run-command': flag.optional().describe('az aks command invoke. Default: not in production.'),
  'authorized-ranges': list(cidr).optional().describe('Ranges that may reach a public API server; any, when left out.'),
  upgrades: block({
    cluster: words('none', 'patch', 'stable', 'rapid', 'node-image').optional(),
    nodes: words('none', 'unmanaged', 'security-patch', 'node-image').optional(),
  }).optional(),
  pools: block({
    system: pool.optional(),
    user: z.union([pool, off]).optional(),
    gpu: z.union([gpuPool, off]).optional(),
  }).optional(),
  features: block({
    monitoring: flag.optional().describe('Container Insights.'),
    defender: flag.optional(),
    policy: flag.optional(),
    'key-vault-secrets': z.union([block({ rotation: duration('mh', '2m').optional() }), off]).optional(),
    'image-cleaner': z.union([block({ interval: duration('hd', '48h').optional() }), off]).optional(),
    csi: block({
      blob: flag.optional(),
      disk: flag.optional(),
      file: flag.optional(),
      snapshot: flag.optional(),
    }).optional(),
    'workload-identity': flag.optional(),
  }).optional(),
});

const network = block({
  'address-space': cidr.optional(),
  zones: block({
    dmz: cidr.optional(),
    compute: cidr.optional(),
    data: cidr.optional(),
    management: cidr.optional(),
  })
    .optional()
    .describe('Ranges of the four security zones; cut from the address space by default.'),
  policy: words('cilium', 'azure').optional().describe('Who enforces network policies. azure ends on 2028-09-30.'),
  pods: cidr.optional().describe('Overlay range of pods.'),
  services: cidr.optional(),
});

const registry = block({
  'public-access': flag.optional().describe('Reachable from outside of the network. Default: not in production.'),
  'zone-redundant': flag.optional(),
});

const existing = block({
  registry: armId('Microsoft.ContainerRegistry/registries').optional(),
  network: block({
    id: armId('Microsoft.Network/virtualNetworks'),
    subnets: block({
      compute: subnetId,
      dmz: subnetId.optional(),
      data: subnetId.optional(),
      management: subnetId.optional(),
    }),
  }).optional(),
}).describe('Used by id, never created or changed.');

/** What every layer may say: defaults, environment and region, the later one over the earlier one. */
const layer = {
  runner: runner.optional(),
  admins: list(guid).optional().describe('Entra groups that administer the cluster.'),
  tags: tags.optional(),
  cluster: cluster.optional(),
  network: network.optional(),
  registry: registry.optional(),
};

const region = block({ ...layer, existing: existing.optional() });

const environment = block({
  subscription: guid,
  location: location.optional().describe('Azure location; or `regions` for several.'),
  regions: z
    .record(location, z.union([region, z.null()]))
    .optional()
    .describe('Up to four locations, each with what is different there.'),
  production: flag.optional().describe('Production settings. Default: the last environment.'),
  allow: allow.optional(),
  existing: existing.optional(),
  ...layer,
});

const name = named(
  /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,15}$/,
  'Expected 2 to 16 lower-case letters, digits and single dashes, beginning with a letter.',
);

export const platformSource = block({
  version: z.literal(1, { error: 'Expected 1, the version of this format.' }),
  name: name.describe('Name of the platform; part of every resource name.'),
  tenant: guid.describe('Entra tenant id.'),
  shared: block({
    subscription: guid,
    location,
    runner: runner.optional(),
    logs: block({ retention: duration('d', '30d').optional() }).optional(),
    tags: tags.optional(),
    allow: allow.optional(),
  }).describe('What environments have in common: the log workspace.'),
  defaults: block(layer).optional().describe('For all environments.'),
  environments: z.record(name, environment).describe('One to six environments, promoted in this order.'),
  existing: block({ logs: armId('Microsoft.OperationalInsights/workspaces').optional() })
    .optional()
    .describe('Used by id, never created or changed.'),
});

export type PlatformSource = z.infer<typeof platformSource>;
export type LayerSource = z.infer<z.ZodObject<typeof layer>>;
export type ExistingSource = z.infer<typeof existing>;
export type PoolSource = z.infer<typeof gpuPool>;

const scopeLock = block({
  identities: block({ plan: guid, apply: guid }),
  state: block({
    account: named(
      /^[a-z0-9]{3,24}$/,
      'Expected the name of a storage account: 3 to 24 lower-case letters and digits.',
    ),
    container: named(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/, 'Expected the name of a container.'),
  }),
});

export const lockSource = block({
  version: z.literal(1, { error: 'Expected 1, the version of this format.' }),
  scopes: z.record(name, z.record(location, scopeLock)),
});

export type LockSource = z.infer<typeof lockSource>;
