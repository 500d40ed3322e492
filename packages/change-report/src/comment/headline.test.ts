import { expect, test } from '@jest/globals';
import { sampleChange } from '../testing/samples.ts';
import { allowed, blocked, content, failed, routine, row } from './comment.fixture.ts';
import type { CommentContent } from './content.ts';
import { commentHeadline } from './headline.ts';

const failing = { id: 'quota', name: 'Quota', status: 'failed', message: 'x' } as const;
const missing = { missing: { actions: ['provision-aks'], reason: 'its job was cancelled' } };

test.each<readonly [CommentContent, string]>([
  [content([row('dev', {}), row('prod', {})]), 'nothing changes'],
  [content([row('dev', routine('dev')), row('prod', {})]), 'dev changes, nothing dangerous'],
  [
    content(['dev', 'staging', 'prod'].map(scope => row(scope, routine(scope)))),
    'dev, staging and prod change, nothing dangerous',
  ],
  [
    content([row('dev', routine('dev')), row('staging', routine('staging')), row('prod', allowed('prod'))]),
    'prod rotates node pool `gpu`; 2 others are routine',
  ],
  [
    content([row('dev', allowed('dev')), row('prod', allowed('prod'))]),
    'prod rotates node pool `gpu` and 1 more dangerous change',
  ],
  [
    content([row('dev', blocked('dev')), row('prod', blocked('prod'))]),
    'prod is blocked: rotating node pool `gpu` is not allowed; 1 more is blocked',
  ],
  [content([row('dev', {}), row('prod', undefined, missing)]), 'there is no plan of prod; nothing changes elsewhere'],
  [content([row('dev', failed), row('prod', routine('prod'))]), 'there is no plan of dev; 1 other is routine'],
  [
    // What is allowed and dangerous is not hidden by what is blocked elsewhere.
    content([row('dev', blocked('dev')), row('prod', allowed('prod'))]),
    'dev is blocked: rotating node pool `gpu` is not allowed; prod rotates node pool `gpu`',
  ],
  [
    content([row('dev', { drift: [sampleChange({ kind: 'delete' })] }), row('prod', { checks: [failing] })]),
    'nothing changes, but 1 check fails and 1 thing was changed by others',
  ],
  [content([row('dev', undefined, missing)]), 'there is no plan'],
  [content([], { problems: ['platform.yaml:3:1: no'] }), 'nothing could be planned'],
])('%#: %s', (given, expected) => {
  expect(commentHeadline(given)).toBe(expected);
});
