import { describe, expect, test } from '@jest/globals';
import { type Bundle, decodeBundle, digestOf, encodeBundle } from './bundle.ts';
import { decodeRecord, encodeRecord, type PromotionRecord, speaksFor } from './record.ts';

const bundle: Bundle = {
  schema: 'bundle/v1',
  repository: { name: 'contoso/platform', id: '701234567' },
  platform: 'contoso',
  file: 'platform.yaml',
  commit: '1'.repeat(40),
  images: [],
  suite: { repository: 'org/actions', ref: 'v1' },
};

describe('a bundle', () => {
  test('is the same bytes whoever makes it', () => {
    const { commit, schema, ...rest } = bundle;
    expect(encodeBundle({ commit, ...rest, schema }).equals(encodeBundle(bundle))).toBe(true);
    expect(decodeBundle(encodeBundle(bundle))).toEqual(bundle);
    expect(digestOf(encodeBundle(bundle))).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('keeps its charts; one of an earlier release has none, and is still read', () => {
    const charts = [{ from: 'oci://ghcr.io/x/argo-cd', version: '10.1.1', digest: `sha256:${'a'.repeat(64)}` }];
    const whole = { ...bundle, charts };
    expect(decodeBundle(encodeBundle(whole))).toEqual(whole);
    expect(decodeBundle(encodeBundle(bundle)).charts).toBeUndefined();
    expect(digestOf(encodeBundle(whole))).not.toBe(digestOf(encodeBundle(bundle)));
  });

  test('keeps where it found the repositories of the applications, which earlier ones do not', () => {
    const gitops = [{ repository: 'contoso/gitops', branch: 'main', commit: '2'.repeat(40) }];
    const whole = { ...bundle, gitops };
    expect(decodeBundle(encodeBundle(whole))).toEqual(whole);
    expect(decodeBundle(encodeBundle(bundle)).gitops).toBeUndefined();
  });

  test.each([
    [
      'a branch for a commit',
      JSON.stringify({ ...bundle, gitops: [{ repository: 'contoso/gitops', branch: 'main', commit: 'main' }] }),
    ],
    ['a chart without its digest', JSON.stringify({ ...bundle, charts: [{ from: 'oci://x', version: '1' }] })],
    ['nothing', ''],
    ['other JSON', '{}'],
    ['spaces in it', JSON.stringify(bundle, null, 1)],
    ['a commit that is none', encodeBundle({ ...bundle, commit: 'main' }).toString()],
  ])('with %s is none', (_, text) => {
    expect(() => decodeBundle(Buffer.from(text))).toThrow('This is no bundle of version 1.');
  });
});

describe('a record', () => {
  const record: PromotionRecord = {
    schema: 'record/v1',
    repository: '701234567',
    platform: 'contoso',
    environment: 'staging',
    region: 'westeurope',
    bundle: digestOf(encodeBundle(bundle)),
    commit: bundle.commit,
    verdict: 'verified',
    plans: { 'provision-aks': 'd'.repeat(64) },
    run: { id: '1', attempt: '1', url: 'https://github.com/r/1' },
    actor: 'mona',
    approvers: ['hubot'],
    recordedAt: '2026-11-26T05:00:00.000Z',
  };
  const place = { repository: '701234567', platform: 'contoso', environment: 'staging', region: 'westeurope' };

  test('is read as it was written, and later fields do no harm', () => {
    expect(decodeRecord(encodeRecord(record))).toEqual(record);
    const synced = { ...record, gitops: { repository: 'contoso/gitops', branch: 'main', commit: '2'.repeat(40) } };
    expect(decodeRecord(encodeRecord(synced))).toEqual(synced);
    expect(decodeRecord(Buffer.from(JSON.stringify({ ...record, more: 1 })))).toEqual(record);
  });

  test.each([
    ['no JSON', 'x'],
    ['another verdict', JSON.stringify({ ...record, verdict: 'failed' })],
    ['another version', JSON.stringify({ ...record, schema: 'record/v2' })],
  ])('%s counts for nothing', (_, text) => {
    expect(decodeRecord(Buffer.from(text))).toBeUndefined();
  });

  test('speaks for its own place only', () => {
    expect(speaksFor(record, place)).toBe(true);
    for (const other of [
      { repository: '1' },
      { platform: 'fabrikam' },
      { environment: 'prod' },
      { region: 'northeurope' },
    ]) {
      expect(speaksFor(record, { ...place, ...other })).toBe(false);
    }
  });
});
