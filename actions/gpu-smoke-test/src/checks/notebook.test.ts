import { expect, test } from '@jest/globals';
import { judgeNotebook } from './notebook.ts';

const minute = 60_000;

test.each([
  ['at once', 3000, 'fine', 'ran after 3.0 s; JupyterHub gives a notebook up after 20 min.'],
  ['with enough left', 16 * minute, 'fine', 'ran after 16 min; '],
  ['with little left', 17 * minute, 'warning', 'which leaves little for its own image.'],
  ['too late', 21 * minute, 'warning', 'none would have come up.'],
] as const)('a pod that runs %s', (_when, took, level, words) => {
  const finding = judgeNotebook(took, 20 * 60);
  expect(finding).toMatchObject({ check: 'Start of a notebook', level });
  expect(finding.evidence).toContain(words);
  expect(finding.verdict).toBeUndefined();
  expect(finding.remedy === undefined).toBe(level === 'fine');
});
