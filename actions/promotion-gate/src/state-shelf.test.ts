import { expect, test } from '@jest/globals';
import type { PromotionRecord } from './record.ts';
import { createStateShelf } from './state-shelf.ts';

const record: PromotionRecord = {
  schema: 'record/v1',
  repository: '701234567',
  platform: 'contoso',
  environment: 'shared',
  region: 'westeurope',
  bundle: `sha256:${'a'.repeat(64)}`,
  commit: 'c'.repeat(40),
  verdict: 'verified',
  plans: { 'provision-aks': 'd'.repeat(64) },
  run: { id: '1', attempt: '1', url: 'https://github.com/contoso/platform/actions/runs/1' },
  actor: 'mona',
  approvers: [],
  recordedAt: '2026-11-26T10:00:00.000Z',
};

function start(text?: string) {
  let kept = text;
  const blob = {
    read: async () => kept,
    write: async (next: string) => {
      kept = next;
    },
  };
  return { shelf: createStateShelf(blob), kept: () => kept };
}

test('keeps the last record, and finds it by its bundle', async () => {
  const { shelf } = start();
  expect(await shelf.running()).toEqual([]);
  expect(await shelf.put(Buffer.alloc(0), [record])).toMatch(/^sha256:[0-9a-f]{64}$/);
  const next = { ...record, bundle: `sha256:${'b'.repeat(64)}` };
  await shelf.put(Buffer.alloc(0), [next]);
  expect(await shelf.running()).toEqual([next]);
  expect(await shelf.records(next.bundle)).toEqual([next]);
  expect(await shelf.records(record.bundle)).toEqual([]);
});

test.each(['', 'null', '{', JSON.stringify({ ...record, verdict: 'seen' })])(
  '%j is no record, and not taken for none',
  async text => {
    await expect(start(text).shelf.running()).rejects.toThrow('What runs there cannot be read');
  },
);
