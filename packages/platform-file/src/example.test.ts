import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { listScopes, parseLock, parsePlatform, resolveScope } from './index.ts';

interface Job {
  readonly 'runs-on': string;
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly uses?: string;
  readonly steps: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

interface Workflow {
  readonly on: { readonly pull_request: { readonly types: readonly string[] } };
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string) =>
  readFileSync(new URL(`../../../examples/platform-repository/${path}`, import.meta.url), 'utf8');

const platform = parsePlatform(read('platform.yaml'), 'platform.yaml');
const lock = parseLock(read('platform.lock.yaml'), 'platform.lock.yaml');
const views = listScopes(platform).map(name => resolveScope(platform, lock, name));
const workflow = parse(read('.github/workflows/platform.yml')) as Workflow;
const { plan, ...promotion } = workflow.jobs;
const withAction = (job: Job | undefined) =>
  job?.steps.find(({ uses }) => uses === 'org/actions/provision-aks@v1')?.with;

describe('the workflow of the example platform', () => {
  test('has every pull request planned, to its end', () => {
    expect(plan?.if).toBe("github.event_name == 'pull_request'");
    expect(plan?.uses).toBe('org/actions/.github/workflows/plan.yml@v1');
    expect(workflow.on.pull_request.types).toEqual(['opened', 'synchronize', 'reopened', 'closed']);
  });

  test('has two jobs for each scope and no others', () => {
    expect(Object.keys(promotion)).toEqual(views.flatMap(({ scope }) => [`plan-${scope}`, `apply-${scope}`]));
  });

  test.each(views.map((view, index) => ({ view, before: views[index - 1]?.scope })))(
    'plans $view.scope after what is promoted before it, and applies that plan in its environment',
    ({ view: { scope, runner }, before }) => {
      const planned = promotion[`plan-${scope}`];
      expect(planned?.environment).toBeUndefined();
      expect(planned?.needs).toBe(before === undefined ? undefined : `apply-${before}`);
      expect(planned?.if).toBe(before === undefined ? "github.event_name == 'push'" : undefined);
      expect(planned?.['runs-on']).toBe(runner);
      expect(withAction(planned)).toEqual({ command: 'plan', scope });
      expect(planned?.outputs).toEqual({ digest: expression('steps.plan.outputs.digest') });

      const applied = promotion[`apply-${scope}`];
      expect(applied).toMatchObject({ needs: `plan-${scope}`, environment: scope, 'runs-on': runner });
      expect(applied).not.toHaveProperty('if');
      expect(withAction(applied)).toEqual({
        command: 'apply',
        scope,
        'expected-digest': expression(`needs.plan-${scope}.outputs.digest`),
      });
    },
  );

  test('grants nothing but what its jobs do', () => {
    expect(workflow.permissions).toEqual({});
    // Fixed for all of v1 (DESIGN §1).
    expect(plan?.permissions).toEqual({
      contents: 'read',
      actions: 'read',
      'id-token': 'write',
      'pull-requests': 'write',
      checks: 'write',
    });
    for (const { permissions } of Object.values(promotion)) {
      expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    }
  });
});

function expression(text: string): string {
  return `\${{ ${text} }}`;
}
