import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { ChangeReport } from './model.ts';
import { parseReport, reportSchema } from './schema.ts';
import { replacedCluster, rotatedPool, sampleReport, sampleTimings, shown } from './testing/samples.ts';

const full: ChangeReport = sampleReport({
  commit: { head: 'a', base: 'b' },
  verdict: 'blocked',
  changes: [rotatedPool, replacedCluster, { ...rotatedPool, kind: 'move', previousAddress: 'x' }],
  drift: [rotatedPool],
  outputs: [{ name: 'o', kind: 'update', before: shown(''), after: { is: 'sensitive' } }],
  checks: [{ id: 'i', name: 'n', status: 'unknown', message: 'm', remedy: 'r', setting: 's.t' }],
  differences: [{ what: 'w', path: 'p', expected: 'e', actual: 'a' }],
  warnings: ['w'],
  timings: sampleTimings,
});

describe('parseReport', () => {
  test('reads what was written', () => {
    expect(parseReport(JSON.parse(JSON.stringify(full)))).toEqual(full);
    const { run: _, digest: __, ...outside } = full;
    expect(parseReport(outside)).toEqual(outside);
  });

  test('drops fields that it does not know', () => {
    expect(parseReport({ ...full, later: 1, changes: [{ ...rotatedPool, later: 1 }] })).toEqual({
      ...full,
      changes: [rotatedPool],
    });
  });

  test.each([
    ['nothing', undefined, 'the document is not'],
    ['text', 'x', 'the document is not'],
    ['another version', { ...full, schema: 'change-report/v2' }, 'schema is not'],
    ['another verdict', { ...full, verdict: 'fine' }, 'verdict is not'],
    ['a digest in another form', { ...full, digest: 'A'.repeat(64) }, 'digest is not'],
    ['a time without zone', { ...full, startedAt: '2026-11-24 05:00' }, 'startedAt is not'],
    ['a value that is no value', { ...full, outputs: [{ ...full.outputs[0], after: 'secret' }] }, 'outputs.0.after is'],
    ['several', { ...full, region: 1, scope: 2, action: 3, platform: 4 }, 'action, platform and scope are not'],
  ])('refuses %s', (_, value, words) => {
    const parse = () => parseReport(value);
    expect(parse).toThrow(UserError);
    expect(parse).toThrow(words);
  });

  test('repeats no value in its message', () => {
    expect(() => parseReport({ ...full, outputs: [{ name: 's3cret' }], verdict: 's3cret' })).not.toThrow('s3cret');
  });
});

describe('reportSchema', () => {
  test('is plain JSON that requires what a report always has', () => {
    const schema = reportSchema();
    expect(JSON.parse(JSON.stringify(schema))).toEqual(schema);
    const { required, properties } = schema as { required: string[]; properties: Record<string, object> };
    const always = Object.keys(full).filter(key => key !== 'run' && key !== 'digest');
    expect(required.toSorted()).toEqual(always.toSorted());
    expect(Object.keys(properties).toSorted()).toEqual(Object.keys(full).toSorted());
    expect(properties['schema']).toMatchObject({ const: 'change-report/v1' });
  });
});
