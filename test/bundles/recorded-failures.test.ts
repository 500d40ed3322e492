import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FaultAnswer, RunningStep, StepResult, WorldRequest } from '@suite/sandbox';
import recorded from '../../packages/sandbox/src/azurerm/fixtures/recorded-plans.json' with { type: 'json' };
import { errors, reportOf, succeeded } from '../support/bundle.ts';
import { childOf } from '../support/lost-machine.ts';
import { type OwnRoot, openOwnRoot } from '../support/own-root.ts';
import { playedBy, recordedFailures } from '../support/recorded-failures.ts';

/** What real Terraform was recorded to fail with, met by the shipped bundle: the message, the exit code, and what the next run does. */
let root: OwnRoot;
/** Back to where the small platform was made. */
let startAnew: () => void;

const subscription = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${subscription}/resourceGroups/rg-platform-dev`;
const cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks-platform-dev`;

/** The small platform of the recordings, in a root that leaves identity and subscription to the job. */
const base = recorded.base.slice(recorded.base.indexOf('locals {'));
const pool = (name: string) => `
resource "azurerm_kubernetes_cluster_node_pool" "${name}" {
  name                  = "${name}"
  kubernetes_cluster_id = azurerm_kubernetes_cluster.platform.id
  vm_size               = "Standard_D4ds_v5"
  auto_scaling_enabled  = true
  min_count             = 1
  max_count             = 2
  vnet_subnet_id        = azurerm_subnet.nodes.id
  upgrade_settings { max_surge = "33%" }
}
`;

/** The base with one text, which has to be there, in the place of another. */
function edited(from: string | RegExp, to: string, text = base): string {
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`The recorded platform has no ${from}.`);
  return changed;
}
const gpu = (more: string, text = base) => edited(/(node_pool" "gpu" \{[\s\S]*?\n)(\}\n)/, `$1${more}$2`, text);

beforeAll(async () => {
  root = await openOwnRoot(base, ['node-pool/user', 'node-pool/gpu', 'node-pool/system']);
  await root.converge();
  startAnew = root.remember();
}, 120_000);
afterEach(() => {
  root.world.faults.clear();
  startAnew();
});
afterAll(() => root.close());

const armWrites = () => root.world.ledger.writes().filter(({ host }) => host === 'management.azure.com');
const onPool =
  (method: string, name: string) =>
  (request: WorldRequest): boolean =>
    request.method === method && request.path.endsWith(`/agentPools/${name}`);
const inState = ({ host }: WorldRequest) => host.endsWith('.blob.core.windows.net');
const json = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): FaultAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const storageError = (status: number, code: string, message: string): FaultAnswer => ({
  status,
  headers: { 'x-ms-error-code': code, 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

test('each recorded failure is played, by a test that is there', () => {
  expect(Object.keys(playedBy).sort()).toEqual(recordedFailures);
  for (const { file, test: name } of Object.values(playedBy)) {
    expect(readFileSync(join(import.meta.dirname, file), 'utf8')).toContain(name);
  }
});

/** A plan that fails has touched nothing, so the next run finds what this one found. */
describe('planning fails', () => {
  const lifecycle = (kind: string, condition: string) => `  lifecycle {
    ${kind} {
      condition     = ${condition}
      error_message = "The GPU pool must be able to grow to 8 nodes."
    }
  }
`;
  const signInFails = (code: string, text: string) => ({
    match: ({ host, path }: WorldRequest) => host === 'login.microsoftonline.com' && path.endsWith('/token'),
    answer: json(401, { error: 'invalid_client', error_description: `${code}: ${text}` }),
  });

  test.each<
    readonly [
      recording: string,
      message: RegExp,
      how: { readonly configuration?: string; readonly fault?: Parameters<OwnRoot['world']['faults']['add']>[0] },
    ]
  >([
    [
      'plan-invalid-config',
      /Terraform stops here: Unclosed configuration block/,
      { configuration: `${base}resource "azurerm_resource_group" "open" {\n` },
    ],
    [
      'plan-schema-error',
      /Terraform stops here.*An argument named "nonsense" is not expected here/,
      { configuration: gpu('  nonsense = 1\n') },
    ],
    [
      'plan-undeclared-reference',
      /Terraform stops here.*Reference to undeclared input variable/,
      { configuration: edited(/(node_pool" "gpu" \{[\s\S]*?tags += )local\.tags/, '$1var.owner') },
    ],
    [
      'plan-provider-validation',
      /invalid value for name \(must begin with a lowercase letter[\s\S]*expected max_count to be in the range \(0 - 1000\), got 4000/,
      {
        configuration: edited(/(name += )"gpu"/, '$1"GPU_Pool"', edited(/(?<to>max_count += )4\n/, '$<to>4000\n')),
      },
    ],
    [
      'precondition-failed',
      /precondition failed: The GPU pool must be able to grow to 8 nodes/,
      {
        configuration: gpu(lifecycle('precondition', 'azurerm_kubernetes_cluster_node_pool.user.max_count >= 50')),
      },
    ],
    [
      'postcondition-failed-at-plan',
      /postcondition failed: The GPU pool must be able to grow to 8 nodes/,
      { configuration: gpu(lifecycle('postcondition', 'self.max_count >= 8')) },
    ],
    [
      'import-missing',
      /^azurerm_kubernetes_cluster_node_pool\.batch is to be imported, but nothing exists in Azure under the given id\. Correct the id/,
      {
        configuration: `${base}${pool('batch')}\nimport {\n  to = azurerm_kubernetes_cluster_node_pool.batch\n  id = "${cluster}/agentPools/nope"\n}\n`,
      },
    ],
    [
      'plan-403-read',
      /^The plan identity of dev.* may not perform `Microsoft\.ContainerService\/managedClusters\/agentPools\/read`/,
      {
        fault: {
          match: onPool('GET', 'gpu'),
          answer: json(403, {
            error: {
              code: 'AuthorizationFailed',
              message:
                "The client does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/read'.",
            },
          }),
        },
      },
    ],
    [
      'plan-auth-assertion-expired',
      /GitHub's token was not valid at that moment/,
      {
        fault: signInFails('AADSTS700024', 'Client assertion is not within its valid time range.'),
      },
    ],
    [
      'init-backend-403',
      /refuses this runner.*firewall/,
      {
        fault: {
          match: inState,
          answer: storageError(
            403,
            'AuthorizationFailure',
            'This request is not authorized to perform this operation.',
          ),
        },
      },
    ],
    [
      'init-backend-no-container',
      /container tfstate does not exist/,
      {
        fault: {
          match: inState,
          answer: storageError(404, 'ContainerNotFound', 'The specified container does not exist.'),
        },
      },
    ],
    ['init-backend-unreachable', /could not be reached/, { fault: { match: inState, answer: 'reset' } }],
  ])('%s', async (_, message, { configuration = base, fault }) => {
    await root.write(configuration);
    if (fault !== undefined) root.world.faults.add(fault);
    const [before, state] = [armWrites(), root.state()];
    const result = await root.plan();
    expect(result.exitCode).toBe(1);
    expect(errors(result).join('\n')).toMatch(message);
    expect(result.outputs['plan-file'] ?? '').toBe('');
    expect(armWrites()).toEqual(before);
    expect(root.state()).toEqual(state);
  });
});

describe('applying fails', () => {
  test('six answers of Azure to one apply: one message for each cause, and the rest is done; the next runs go on, and name what is in their way', async () => {
    const names = ['quota', 'forbidden', 'conflict', 'policy', 'failed', 'throttled'];
    const wanted = edited(/(?<to>max_count += )10\n/, '$<to>12\n') + names.map(pool).join('');
    await root.write(wanted);
    const planned = succeeded(await root.plan());
    const refused = (name: string, status: number, body: object) =>
      root.world.faults.add({ match: onPool('PUT', name), answer: json(status, body) });
    // AKS answers without an `error` around it.
    refused('quota', 400, {
      code: 'ErrCode_InsufficientVCPUQuota',
      message:
        'Insufficient vcpu quota requested 96, remaining 10 for family StandardNDSH100v5Family for region westeurope.',
    });
    refused('forbidden', 403, {
      error: {
        code: 'AuthorizationFailed',
        message: `The client 'c1' with object id 'c1' does not have authorization to perform action 'Microsoft.ContainerService/managedClusters/agentPools/write' over scope '${cluster}/agentPools/forbidden' or the scope is invalid.`,
      },
    });
    refused('conflict', 409, {
      code: 'OperationNotAllowed',
      message: 'Operation is not allowed: Another agentpool operation (Putting) is in progress.',
    });
    refused('policy', 403, {
      error: { code: 'RequestDisallowedByPolicy', message: "Resource 'policy' was disallowed by policy." },
    });
    root.world.faults.addOperation({
      match: ({ id }) => id.endsWith('/agentPools/failed'),
      times: 1,
      outcome: { code: 'VMExtensionProvisioningError', message: 'Unable to establish connection from agents.' },
    });
    const busy = root.world.faults.add({
      match: onPool('PUT', 'throttled'),
      times: 2,
      answer: json(429, { error: { code: 'TooManyRequests', message: 'Slow down.' } }, { 'retry-after': '0' }),
    });
    const result = await root.apply(planned);
    expect(busy.struck()).toBe(2);
    expect(result.exitCode).toBe(1);
    const at = (name: string) => `azurerm_kubernetes_cluster_node_pool.${name}`;
    expect(errors(result).sort()).toEqual([
      expect.stringMatching(
        /^The apply identity of dev.* may not perform `Microsoft\.ContainerService\/managedClusters\/agentPools\/write` on \S+\/agentPools\/forbidden\. Give it a role/,
      ),
      expect.stringContaining(
        `${at('conflict')}: Azure refuses it as things stand (OperationNotAllowed): Operation is not allowed`,
      ),
      expect.stringContaining(
        `${at('failed')}: Azure accepted the request, but the operation failed: VMExtensionProvisioningError`,
      ),
      expect.stringContaining(`${at('policy')}: a policy of your organisation forbids it`),
      expect.stringContaining(
        `${at('quota')}: the vCPU quota for StandardNDSH100v5Family in westeurope leaves 10, and 96 are needed`,
      ),
    ]);
    expect(root.recorded()).toContain(at('throttled'));
    expect(root.recorded()).not.toContain(at('failed'));
    expect(root.state().isHeld).toBe(false);
    root.world.faults.clear();

    // What was done stays done. What was made only in part is in the way, and named before anything is applied.
    const again = succeeded(await root.plan());
    const left = (await reportOf(again)).changes.map(({ kind, address }) => `${kind} ${address}`).sort();
    const missing = names.filter(name => name !== 'throttled').sort();
    expect(left).toEqual(missing.map(name => `create ${at(name)}`));
    const inTheWay = await root.apply(again);
    expect(inTheWay.exitCode).toBe(1);
    const id = `${cluster}/agentPools/failed`;
    expect(errors(inTheWay)).toEqual([
      expect.stringContaining(`\`${at('failed')}\` would be created, but ${id} exists already`),
    ]);
    expect(errors(inTheWay)[0]).toMatch(
      /its create failed, so it cannot be adopted as it is.*az resource delete --ids /,
    );
    root.world.azure.remove(id);
    expect((await root.converge()).toSorted()).toEqual(left);
    expect(root.recorded()).toEqual(expect.arrayContaining(names.map(at)));
  });

  test('a size that is changed without a name to rotate through: the plan says that its apply would fail, and it is not begun', async () => {
    const [before, state] = [armWrites(), root.state()];
    const sized = (block: string, text: string) =>
      edited(new RegExp(`(${block} \\{[\\s\\S]*?vm_size += ")Standard_\\w+`), '$1Standard_D8ds_v5', text);
    const noName = edited(/ +temporary_name_for_rotation = "systemtmp"\n/, '');
    const all = ['default_node_pool', 'node_pool" "user"', 'node_pool" "gpu"'].reduce(
      (text, block) => sized(block, text),
      noName,
    );
    await root.write(gpu('  lifecycle { create_before_destroy = true }\n', all));
    const planned = succeeded(await root.plan());
    const report = await reportOf(planned);
    expect(report.verdict).toBe('blocked');
    const blocked = report.checks.filter(({ status }) => status === 'blocked').map(({ id }) => id);
    expect(blocked.sort()).toEqual(['temporary-name/gpu', 'temporary-name/system', 'temporary-name/user']);
    const result = await root.apply(planned);
    expect(result.exitCode).toBe(1);
    expect(errors(result).join('\n')).toMatch(/temporary_name_for_rotation/);
    expect(armWrites()).toEqual(before);
    expect(root.state()).toEqual(state);
  });

  test('a postcondition that is known to fail only then: what was made is in the state, and is made once', async () => {
    const identity = (prefix: string) => `${base}
resource "azurerm_user_assigned_identity" "extra" {
  name                = "id-extra-dev"
  location            = azurerm_resource_group.platform.location
  resource_group_name = azurerm_resource_group.platform.name
  lifecycle {
    postcondition {
      condition     = startswith(self.client_id, "${prefix}")
      error_message = "The identity must come from the reserved range."
    }
  }
}
`;
    await root.write(identity('nothing'));
    const result = await root.apply(succeeded(await root.plan()));
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(/postcondition failed: The identity must come from the reserved range\./),
    ]);
    expect(root.recorded()).toContain('azurerm_user_assigned_identity.extra');
    await root.write(identity(''));
    expect(await root.converge()).toEqual([]);
  });
});

describe('an apply is interrupted', () => {
  const securityGroup = (name: string, revision: string, after = '') => `
resource "azurerm_network_security_group" "${name}" {
  name                = "nsg-${name}-dev"
  location            = azurerm_resource_group.platform.location
  resource_group_name = azurerm_resource_group.platform.name
  tags                = { revision = "${revision}" }
  depends_on          = [${after}]
}
`;
  const address = (name: string) => `azurerm_network_security_group.${name}`;
  const idOf = (name: string) => `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-${name}-dev`;
  const chain = (revision: string) =>
    base +
    securityGroup('first', revision) +
    securityGroup('second', revision, address('first')) +
    securityGroup('third', revision, address('second'));
  const imported = (name: string) => `\nimport {\n  to = ${address(name)}\n  id = "${idOf(name)}"\n}\n`;

  /** Applies, and strikes when Azure has been asked for the second group, which never comes to an end. */
  async function applyAndStrike(strike: (running: RunningStep) => void): Promise<StepResult> {
    const planned = succeeded(await root.plan());
    let running: RunningStep | undefined;
    const isSecond = (id: string) => id.endsWith('/nsg-second-dev');
    root.world.faults.addOperation({
      match: ({ id }) => isSecond(id),
      outcome: { durationMs: Number.POSITIVE_INFINITY },
    });
    const struck = root.world.faults.add({
      match: ({ method, path }) => method === 'PUT' && isSecond(path),
      times: 1,
      answer: {
        call: () => {
          if (running !== undefined) strike(running);
        },
      },
    });
    const result = await root.apply(planned, {
      onStart: started => {
        running = started;
      },
    });
    expect(struck.struck()).toBe(1);
    root.world.faults.clear();
    return result;
  }

  test('by two signals in a row: the first one ends it, the second changes nothing; what was on its way is named by the next run', async () => {
    await root.write(chain('v1'));
    const result = await applyAndStrike(({ pid }) => {
      process.kill(pid, 'SIGINT');
      process.kill(pid, 'SIGINT');
    });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /^Cancelled\..*its lock is released\. May exist in Azure without being recorded in the state: azurerm_network_security_group\.second\. Plan and apply again/,
      ),
    ]);
    expect(root.state().isHeld).toBe(false);
    expect(root.recorded()).toContain(address('first'));
    expect(root.recorded()).not.toContain(address('second'));
    const next = await root.apply(succeeded(await root.plan()));
    expect(errors(next)).toEqual([
      expect.stringMatching(
        new RegExp(
          `\`${address('second')}\` would be created, but ${idOf('second')} exists already.* still being made`,
        ),
      ),
    ]);
    root.world.azure.remove(idOf('second'));
    expect((await root.converge()).toSorted()).toEqual([`create ${address('second')}`, `create ${address('third')}`]);
  });

  test('by SIGTERM, while it changes what is there: it is recorded as it was, and the next run does it', async () => {
    await root.write(chain('v1'));
    await root.converge();
    await root.write(chain('v2'));
    const result = await applyAndStrike(({ pid }) => process.kill(pid, 'SIGTERM'));
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(/its lock is released\. Was being changed: azurerm_network_security_group\.second\./),
    ]);
    expect(root.state().isHeld).toBe(false);
    const changed = await root.converge();
    expect(changed).toContain(`update ${address('third')}`);
    expect(await root.converge()).toEqual([]);
  });

  test('by a second signal to Terraform itself, while it saves: the state is lost without an errored.tfstate, and all of it is found again', async () => {
    const two = base + securityGroup('first', 'v1') + securityGroup('second', 'v1', address('first'));
    await root.write(two);
    const planned = succeeded(await root.plan());
    let running: RunningStep | undefined;
    let interruptTerraform: () => void = () => undefined;
    root.world.faults.addOperation({
      match: ({ id }) => id.endsWith('/nsg-second-dev'),
      outcome: { durationMs: Number.POSITIVE_INFINITY },
    });
    const first = root.world.faults.add({
      match: ({ method, path }) => method === 'PUT' && path.endsWith('/nsg-second-dev'),
      times: 1,
      answer: {
        call: () => {
          const pid = childOf(running, 'terraform');
          interruptTerraform = () => process.kill(pid, 'SIGINT');
          interruptTerraform();
        },
      },
    });
    const gone = Promise.withResolvers<void>();
    const writes = ({ method, path, query }: WorldRequest) =>
      method === 'PUT' && path.endsWith('.tfstate') && query.get('comp') === null;
    const second = root.world.faults.add({
      match: writes,
      times: 1,
      answer: {
        call: async () => {
          interruptTerraform();
          await gone.promise;
        },
      },
    });
    root.world.faults.add({ match: writes, answer: 'reset' });
    const before = root.state().content;
    const result = await root.apply(planned, {
      onStart: started => {
        running = started;
      },
    });
    gone.resolve();
    expect([first.struck(), second.struck()]).toEqual([1, 1]);
    root.world.faults.clear();
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(
        /Terraform was stopped before it could save: the state \S+ in \S+ may lack what was done, and its lock stays\. The next run names the lock/,
      ),
    ]);
    expect(root.state()).toEqual({ content: before, isHeld: true });

    // The note of the run stays with the lock, and proves whose that is.
    root.runIsOver();
    const locked = await root.apply(succeeded(await root.plan()));
    expect(errors(locked)).toEqual([expect.stringMatching(/is locked by an apply of .*gh workflow run unlock\.yml/)]);
    succeeded(await root.unlock());
    expect(root.state().isHeld).toBe(false);
    const next = await root.apply(succeeded(await root.plan()));
    expect(errors(next)).toEqual([
      expect.stringContaining(`${idOf('first')} exists already`),
      expect.stringMatching(/nsg-second-dev exists already.* still being made/),
    ]);
    root.world.azure.remove(idOf('second'));
    await root.write(two + imported('first'));
    expect(await root.converge()).toEqual([`import ${address('first')}`, `create ${address('second')}`]);
    expect(await root.converge()).toEqual([]);
  }, 120_000);
});
