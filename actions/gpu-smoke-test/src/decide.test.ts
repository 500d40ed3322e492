import { expect, test } from '@jest/globals';
import { decide, decisive } from './decide.ts';
import { type Finding, type Verdict, verdictText } from './verdict.ts';

const bad = (check: string, verdict: Verdict): Finding => ({ check, level: 'bad', verdict, evidence: check });
const driver = bad('driver', { kind: 'failed', cause: 'driver' });
const hardware = bad('hardware', { kind: 'failed', cause: 'hardware' });
const slow = bad('slow', { kind: 'failed', cause: 'performance' });
const leak = bad('leak', { kind: 'failed', cause: 'isolation' });
const plugin = bad('plugin', { kind: 'failed', cause: 'plugin' });
const quota = bad('quota', { kind: 'blocked', cause: 'quota' });
const registry = bad('registry', { kind: 'blocked', cause: 'registry' });
const lost = bad('lost', { kind: 'inconclusive', cause: 'interrupted' });
const fine: Finding = { check: 'fine', level: 'fine', evidence: '' };
const warning: Finding = { check: 'warning', level: 'warning', evidence: '' };
const unknown: Finding = { check: 'unknown', level: 'unknown', evidence: '' };

test.each<readonly [readonly Finding[], string, Finding | undefined]>([
  [[], 'passed', undefined],
  [[fine, warning, unknown], 'passed', undefined],
  [[lost, quota, slow], 'failed: performance', slow],
  [[slow, leak], 'failed: isolation', leak],
  [[plugin, driver], 'failed: driver', driver],
  [[driver, hardware], 'failed: hardware', hardware],
  [[hardware, driver], 'failed: hardware', hardware],
  [[lost, hardware], 'failed: hardware', hardware],
  [[quota, registry], 'blocked: quota', quota],
  [[lost, registry, warning], 'blocked: registry', registry],
])('%j gives %s', (findings, verdict, which) => {
  expect(verdictText(decide(findings))).toBe(verdict);
  expect(decisive(findings)).toBe(which);
});
