import { describe, expect, test } from '@jest/globals';
import { type JsonObject, UserError } from '@suite/foundation';
import { engines, type Terraform } from '@suite/terraform';
import type { Azure, Services } from '../ports.ts';
import { recordingLog } from '../run.fixture.ts';
import type { Target } from '../target.ts';
import { sharedView } from '../views.fixture.ts';
import type { Workspace } from '../workspace.ts';
import { drift } from './drift.ts';

const address = 'azurerm_log_analytics_workspace.this';

/** A plan of the log workspace: `was` in the state, `is` in Azure, `wanted` by the configuration. */
function planJson(was: number, is: number, wanted: number | undefined): JsonObject {
  const values = (days: number) => ({ name: 'log-contoso', retention_in_days: days });
  const entry = (actions: readonly string[], before: number, after: number) => ({
    address,
    mode: 'managed',
    type: 'azurerm_log_analytics_workspace',
    name: 'this',
    change: {
      actions,
      before: values(before),
      after: values(after),
      after_unknown: {},
      before_sensitive: {},
      after_sensitive: {},
    },
  });
  return {
    format_version: '1.2',
    resource_drift: was === is ? [] : [entry(['update'], was, is)],
    resource_changes: wanted === undefined ? [] : [entry(wanted === is ? ['no-op'] : ['update'], is, wanted)],
    configuration: {
      root_module: {
        resources: [
          {
            address,
            mode: 'managed',
            type: 'azurerm_log_analytics_workspace',
            name: 'this',
            expressions: { name: {}, retention_in_days: {} },
          },
        ],
      },
    },
    variables: {},
    applyable: true,
    complete: true,
    errored: false,
  };
}

interface Case {
  /** Of the plan proper, and of the one that only refreshes; an error where it fails. */
  readonly planned: JsonObject | UserError;
  readonly refreshed?: JsonObject | UserError;
  readonly activity?: UserError;
  readonly lease?: 'available' | 'leased';
}

const refused = new UserError({ message: 'The zone was not found.', remedy: 'Make it.' });

async function look({ planned, refreshed = refused, activity, lease = 'available' }: Case) {
  const { log, lines } = recordingLog();
  const discarded: string[] = [];
  const commands: boolean[] = [];
  let last: JsonObject = {};
  const terraform: Pick<Terraform, 'engine' | 'init' | 'plan' | 'show' | 'revision'> = {
    engine: engines.terraform,
    init: async () => undefined,
    plan: async ({ refreshOnly = false }) => {
      commands.push(refreshOnly);
      const next = refreshOnly ? refreshed : planned;
      if (next instanceof UserError) throw next;
      last = next;
      return { diagnostics: [], resources: [], changes: false } as unknown as Awaited<ReturnType<Terraform['plan']>>;
    },
    show: async () => last,
    revision: async () => ({ lineage: 'l', serial: 1 }),
  };
  const azure = {
    readState: async () => ({ exists: true, lease, lock: undefined }),
    lease: { look: async () => ({ state: 'free' }) },
    findResource: async () => undefined,
    readActivity: async () => {
      if (activity !== undefined) throw activity;
      return [
        {
          resourceId:
            '/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log-contoso',
          caller: 'mona@contoso.com',
          clientId: 'portal',
          operation: 'Microsoft.OperationalInsights/workspaces/write',
          at: '2026-11-26T03:12:44Z',
        },
      ];
    },
    savedState: { read: async () => undefined },
  } as unknown as Azure;
  const workspace = {
    configuration: '/t',
    sources: { kind: 'suite', repository: '/r', folder: '/r', lockFile: undefined, variableFiles: [] },
    hashOwnFiles: async () => undefined,
    planFile: '/t/plan.tfplan',
    copyConfiguration: async () => undefined,
    writeVariables: async () => '/t/v.json',
    discard: async (file: string) => void discarded.push(file),
  } as unknown as Workspace;
  const services = {
    log,
    clock: { now: () => Date.parse('2026-11-27T05:00:00Z'), sleep: async () => undefined },
    connect: () => azure,
    openTerraform: async () => terraform as Terraform,
  } as unknown as Services;
  const target = { view: sharedView, platform: { document: { path: 'platform.yaml' } } } as unknown as Target;
  const outcome = await drift(target, services, workspace);
  return { outcome, lines, discarded, commands };
}

test('one plan tells what was changed and what an apply puts back, and the file with its values is removed', async () => {
  const { outcome, discarded, commands } = await look({ planned: planJson(30, 60, 30) });
  expect(commands).toEqual([false]);
  expect(discarded).toEqual(['/t/plan.tfplan']);
  expect(outcome.findings).toMatchObject({
    verdict: 'drifted',
    drift: [{ address, attributes: [{ before: { text: '30' }, after: { text: '60' } }] }],
  });
  expect(outcome.findings.warnings).toEqual([expect.stringContaining('last changed by `mona@contoso.com`')]);
});

test('what the platform file says by now as well is said to be left alone', async () => {
  const { outcome } = await look({ planned: planJson(30, 60, 60) });
  expect(outcome.findings.drift).toEqual([]);
  expect(outcome.findings.warnings).toContainEqual(
    expect.stringContaining('(now `60`) changed as well; the platform file says the same by now'),
  );
});

describe('where the plan proper cannot be made', () => {
  test('what the refreshing one saw stands, and the rest is said', async () => {
    const { outcome, discarded, commands } = await look({ refreshed: planJson(30, 60, undefined), planned: refused });
    expect(commands).toEqual([false, true]);
    expect(outcome.error).toBeUndefined();
    expect(outcome.findings).toMatchObject({
      verdict: 'drifted',
      drift: [{ address }],
      // Without a plan nobody knows whether a difference waits for an apply.
      differences: [],
      checks: [{ id: 'drift/unread', status: 'unknown', message: 'The zone was not found.' }],
    });
    expect(discarded).toEqual(['/t/plan.tfplan']);
  });

  test('and nothing was seen, it is incomplete', async () => {
    const { outcome } = await look({ refreshed: planJson(30, 30, undefined), planned: refused });
    expect(outcome.findings.verdict).toBe('incomplete');
    expect(outcome.error).toBeInstanceOf(UserError);
  });
});

test('where no plan can be made it is said why the one that needs least cannot', async () => {
  const away = new UserError({ message: 'The state cannot be read.' });
  const { outcome, discarded } = await look({ planned: refused, refreshed: away });
  expect(outcome.findings.verdict).toBe('incomplete');
  expect(outcome.error).toBe(away);
  expect(discarded).toEqual(['/t/plan.tfplan']);
});

test('an activity log that may not be read names nobody, and stops nothing', async () => {
  const { outcome, lines } = await look({
    planned: planJson(30, 60, 30),
    activity: new UserError({ message: 'May not.' }),
  });
  expect(outcome.findings).toMatchObject({ verdict: 'drifted', warnings: [] });
  expect(lines.join('\n')).toContain('Without the names of those who changed it: May not.');
});

test('a state that somebody has locked is not compared', async () => {
  const { outcome, commands } = await look({
    planned: planJson(30, 60, 30),
    lease: 'leased',
  });
  expect(outcome.findings).toMatchObject({ verdict: 'incomplete' });
  expect(outcome.error).toBeInstanceOf(UserError);
  expect(commands).toEqual([]);
});
