import { expect, test } from '@jest/globals';
import { completeCondition } from './condition.ts';

test.each([
  ['', 'success()'],
  ["github.ref == 'x'", "success() && (github.ref == 'x')"],
  ['always()', 'always()'],
  ['!cancelled() && true', '!cancelled() && true'],
  ['FAILURE()', 'FAILURE()'],
  ["contains('success()', 'x')", "success() && (contains('success()', 'x'))"],
  ['steps.success.outputs.x', 'success() && (steps.success.outputs.x)'],
  ['github.event.always', 'success() && (github.event.always)'],
])('%s means %s', (text, condition) => {
  expect(completeCondition(text)).toBe(condition);
});
