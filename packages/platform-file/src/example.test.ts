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
  readonly strategy?: { readonly matrix: { readonly include: readonly { scope: string; runner: string }[] } };
  readonly steps: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const read = (path: string) =>
  readFileSync(new URL(`../../../examples/platform-repository/${path}`, import.meta.url), 'utf8');

const platform = parsePlatform(read('platform.yaml'), 'platform.yaml');
const lock = parseLock(read('platform.lock.yaml'), 'platform.lock.yaml');
const views = listScopes(platform).map(name => resolveScope(platform, lock, name));
const workflow = parse(read('.github/workflows/infrastructure.yml')) as Workflow;
const { plan, ...promotion } = workflow.jobs;
const withAction = (job: Job | undefined) =>
  job?.steps.find(({ uses }) => uses === 'org/actions/provision-aks@v1')?.with;

describe('the workflow of the example platform', () => {
  test('plans every scope on its runner for a pull request of the repository itself', () => {
    expect(plan?.strategy?.matrix.include).toEqual(views.map(({ scope, runner }) => ({ scope, runner })));
    expect(plan?.if).toBe(
      "github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == github.repository",
    );
    expect(withAction(plan)).toEqual({ command: 'plan', scope: expression('matrix.scope') });
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

  test('grants nothing but reading the files and signing in', () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) {
      expect(permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    }
  });
});

function expression(text: string): string {
  return `\${{ ${text} }}`;
}
