import { describe, expect, test } from '@jest/globals';
import { sampleChange, sampleReport, shown } from '../testing/samples.ts';
import { allowed, blocked, content, failed, routine, row } from './comment.fixture.ts';
import type { CommentContent } from './content.ts';
import { renderComment } from './render.ts';

const characters = { measure: (text: string) => text.length };
const roomy = { ...characters, limit: 65_536 };

const cut = row('staging', undefined, {
  missing: {
    actions: ['provision-aks'],
    reason: 'its job was cancelled',
    url: 'https://github.com/contoso/platform/actions/runs/4711/job/2',
  },
});

describe('golden comments', () => {
  test.each<readonly [string, CommentContent]>([
    ['nothing changes', content([row('shared', {}), row('dev', {}), row('prod', {})])],
    ['routine', content([row('shared', {}), ...['dev', 'staging', 'prod'].map(scope => row(scope, routine(scope)))])],
    ['blocked, and one plan is missing', content([row('dev', routine('dev')), cut, row('prod', blocked('prod'))])],
    [
      'the same danger in two places',
      content([row('dev', blocked('dev')), row('staging', allowed('staging')), row('prod', blocked('prod'))]),
    ],
    ['a plan that failed', content([row('dev', failed), row('prod', failed)])],
    [
      'findings',
      content([
        row('dev', { ...routine('dev'), warnings: ['Kubernetes `1.33` leaves support on 2026-12-31.'] }),
        row('prod', {
          ...routine('prod'),
          warnings: ['Kubernetes `1.33` leaves support on 2026-12-31.'],
          drift: [sampleChange({ kind: 'update' })],
          checks: [{ id: 'quota', name: 'Quota', status: 'failed', message: '8 of 16 vCPUs are free.' }],
        }),
      ]),
    ],
    [
      'what nobody could say is not fine',
      content([
        row('dev', {
          checks: [
            {
              id: 'preflight/quota/unknown',
              name: 'vCPU quota is enough',
              status: 'unknown',
              message: 'Azure did not answer.',
            },
            {
              id: 'preflight/sizes',
              name: 'VM sizes can be had',
              status: 'warning',
              message: 'D4 is gone.',
              remedy: 'Take D8.',
            },
            { id: 'condition/x', name: 'conditions of x', status: 'later', message: 'It is decided during the apply.' },
          ],
        }),
        row('prod', {}),
      ]),
    ],
    [
      'a platform file that is wrong',
      content([], { platform: '', problems: ['platform.yaml:15:7: `tear` is not known. Did you mean `tier`?'] }),
    ],
  ])('%s', (_, given) => {
    expect(renderComment(given, roomy)).toMatchSnapshot();
  });
});

/** Many changes, few of them dangerous, in several environments. */
function big(perScope: number, attributes = 3): CommentContent {
  const scopes = ['dev', 'staging', 'prod'];
  return content(
    scopes.map(scope => {
      const changes = Array.from({ length: perScope }, (_, index) =>
        sampleChange({
          address: `azurerm_role_assignment.this["${index}"]`,
          title: `role assignment ${scope}-${index}`,
          kind: index % 3 === 0 ? 'update' : 'create',
          attributes: Array.from({ length: attributes }, (_, attribute) => ({
            path: `property_${attribute}`,
            before: shown(`old-${index}`),
            after: shown(`new-${index}-äöü`),
          })),
        }),
      );
      const { changes: dangerous = [], checks = [] } = blocked(scope);
      return row(
        scope,
        scope === 'prod'
          ? { verdict: 'blocked', changes: [...changes, ...dangerous], checks }
          : { verdict: 'changes', changes },
      );
    }),
  );
}

describe('room', () => {
  test.each([100, 1000, 5000])('%s changes per environment fit, verdict and danger included', perScope => {
    for (const limit of [65_536, 30_000, 8_000]) {
      const comment = renderComment(big(perScope), { ...characters, limit });
      expect(comment.length).toBeLessThanOrEqual(limit);
      expect(comment).toContain('prod is blocked');
      expect(comment).toContain('**prod rotates node pool `gpu`.**');
      expect(comment).toMatch(/^Plan of `9f3c2e1`/m);
      // Blocks are whole.
      expect(comment.match(/<details>/g)?.length ?? 0).toBe(comment.match(/<\/details>/g)?.length ?? 0);
      expect((comment.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
    }
  });

  test('what is left out is counted, with a link, and the dangerous block stays', () => {
    const comment = renderComment(big(1000), roomy);
    expect(comment).toMatch(
      /_Left out to keep within the size limit: .*[\d]+ changes in detail.* The \[summaries of run 4711\]\(https:\/\/github\.com\/contoso\/platform\/actions\/runs\/4711\) and its report artifacts hold all of it\._/,
    );
    expect(comment).toContain('1 to rotate');
    expect(comment.length).toBeGreaterThan(50_000);
  });
});

test('what gates ask stands in the table, as text', () => {
  const gate = { after: 'dev', reviewers: 1, waitMinutes: 0, asks: ['soak 24 h', 'check e2e | @org/everyone'] };
  const body = renderComment(content([row('prod', {}, { gate })]), roomy);
  const line = body.split('\n').find(one => one.includes('soak 24 h'));
  expect(line).toContain('after dev · soak 24 h · check e2e');
  expect(line).toContain('· approval |');
  expect(line).not.toContain('@org');
});

test('a thousand environments leave a verdict, a table, and a count of the rest', () => {
  const rows = Array.from({ length: 1000 }, (_, index) =>
    row(`environment-${index}`, undefined, {
      missing: {
        actions: ['provision-aks'],
        reason: 'its job was cancelled',
        url: 'https://github.com/contoso/platform/actions/runs/4711/job/2',
      },
    }),
  );
  const comment = renderComment(content(rows), roomy);
  expect(comment.length).toBeLessThanOrEqual(65_536);
  expect(comment).toMatch(/^### Platform plan of `contoso`: there is no plan\n\n\| Environment/);
  expect(comment).toMatch(/\d+ environments/);
});

test('a report of an area that nobody knows is shown by its action', () => {
  const other = sampleReport({ action: 'something-else', verdict: 'changes', changes: [sampleChange()] });
  const comment = renderComment(content([row('dev', {}, { reports: [sampleReport(), other] })]), roomy);
  expect(comment).toContain('something-else · dev: 1 to create');
});
