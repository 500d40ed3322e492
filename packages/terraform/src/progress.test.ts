import { describe, expect, test } from '@jest/globals';
import { manualClock } from '@suite/foundation/testing';
import fc from 'fast-check';
import { startProgress } from './progress.ts';
import { recordedEvents } from './testing/recordings.ts';
import { readUiLine, type UiEvent } from './ui-events.ts';

fc.configureGlobal({ seed: 1 });

const began = Date.parse('2026-11-23T05:00:00Z');

function begin(nameOf?: (address: string) => string | undefined) {
  const lines: string[] = [];
  const clock = manualClock(began);
  const progress = startProgress({
    title: 'terraform apply',
    log: { info: line => lines.push(line) },
    clock,
    ...(nameOf === undefined ? {} : { nameOf }),
  });
  return { lines, clock, progress };
}

function resource(phase: 'start' | 'complete' | 'errored', at: number, rest: Partial<UiEvent> = {}): UiEvent {
  return {
    kind: 'resource',
    phase,
    address: 'module.cluster.azurerm_kubernetes_cluster.platform',
    type: 'azurerm_kubernetes_cluster',
    name: 'platform',
    action: 'create',
    id: undefined,
    at: began + at,
    ...rest,
  } as UiEvent;
}

describe('progress', () => {
  test('says what starts, how long it usually takes, and how it ended', async () => {
    const { lines, progress } = begin(address => (address.includes('cluster') ? 'aks-contoso-dev' : undefined));
    progress.accept(resource('start', 0));
    progress.accept(resource('complete', 245_000));
    await progress.stop();
    expect(lines).toEqual([
      'AKS cluster aks-contoso-dev: creating (typically 6 min)',
      'AKS cluster aks-contoso-dev: created in 4 min 5 s',
    ]);
  });

  test('a line at least every 15 s while something runs, and none too many', async () => {
    const { lines, clock, progress } = begin();
    progress.accept(resource('start', 0));
    await clock.advance(130_000);
    expect(lines).toHaveLength(1 + Math.floor(130 / 14));
    expect(lines.at(-1)).toBe('AKS cluster platform: creating, 2 min 6 s (typically 6 min)');
    progress.accept(resource('errored', 130_000));
    await progress.stop();
    expect(lines.at(-1)).toBe('AKS cluster platform: creating failed after 2 min 10 s');
    const printed = lines.length;
    await clock.advance(60_000);
    expect(lines).toHaveLength(printed);
  });

  test('says that it is alive before anything starts', async () => {
    const { lines, clock, progress } = begin();
    progress.accept({ kind: 'refreshed', address: 'a' });
    await clock.advance(14_000);
    await progress.stop();
    expect(lines).toEqual(['terraform apply: still running, 14 s, 1 resource read']);
  });

  test('many at once: the longest three, and how many more', async () => {
    const { lines, clock, progress } = begin();
    for (let index = 0; index < 5; index++) progress.accept(resource('start', index, { address: `a.b[${index}]` }));
    await clock.advance(14_000);
    await progress.stop();
    expect(lines.slice(5)).toHaveLength(4);
    expect(lines.at(-1)).toBe('and 2 more');
  });

  test('text from outside is harmless', async () => {
    const { lines, progress } = begin(() => '\u001b[31mred\u202e\u0007');
    progress.accept(resource('start', 0));
    progress.accept({ kind: 'message', text: '\u001b[2Jgone' });
    await progress.stop();
    expect(lines).toEqual(['AKS cluster red\ufffd\ufffd: creating (typically 6 min)', 'gone']);
  });

  test('a recorded apply: lines, counts and times', async () => {
    const { lines, progress } = begin();
    for (const event of recordedEvents('create-base.apply.jsonl')) progress.accept(event);
    const report = await progress.stop();
    expect(lines.at(-1)).toMatch(/^terraform apply: 6 created, /);
    expect(report.counts).toEqual({ add: 6, change: 0, remove: 0, import: 0 });
    expect(report.resources.every(run => run.outcome === 'completed')).toBe(true);
    const cluster = report.resources.find(run => run.type === 'azurerm_kubernetes_cluster');
    expect(cluster).toMatchObject({ name: 'platform', action: 'create', outcome: 'completed' });
    expect(cluster?.id).toMatch(/\/managedClusters\/aks-platform-dev$/);
    expect(cluster?.elapsedMs).toBeGreaterThan(0);
  });

  test('a warning is shown and kept, an error is kept only', async () => {
    const { lines, progress } = begin();
    for (const event of recordedEvents('check-failed.plan.jsonl')) progress.accept(event);
    for (const event of recordedEvents('stale-plan.apply.jsonl')) progress.accept(event);
    const { diagnostics } = await progress.stop();
    expect(diagnostics.map(({ severity }) => severity)).toEqual(['warning', 'error']);
    expect(lines.join('\n')).toContain('Warning: Check block assertion failed\nThe GPU pool must be able');
    expect(lines.join('\n')).not.toContain('stale');
  });

  test('what an interrupted apply left', async () => {
    const { progress } = begin();
    for (const event of recordedEvents('killed-sigkill.apply.jsonl')) progress.accept(event);
    const { resources } = await progress.stop();
    expect(resources.map(run => [run.name, run.outcome])).toEqual([
      ['first', 'completed'],
      ['second', 'unfinished'],
    ]);
  });
});

test('any line, however broken, is an event or nothing', () => {
  const types = fc.constantFrom(
    'apply_start',
    'apply_complete',
    'refresh_complete',
    'diagnostic',
    'change_summary',
    'log',
  );
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(types, fc.object()).map(([type, rest]) => JSON.stringify({ ...rest, type })),
  );
  fc.assert(
    fc.property(line, text => {
      const event = readUiLine(text);
      expect(event === undefined || typeof event.kind === 'string').toBe(true);
    }),
  );
});
