import { describe, expect, test } from '@jest/globals';
import { makeRequest } from '../network/http.ts';
import { on, onArm, throttled } from './builders.ts';
import { createFaults } from './faults.ts';

const request = (method: string, url: string) => makeRequest(method, url);
const put = request('PUT', 'https://management.azure.com/subscriptions/s/x');

describe('faults', () => {
  test('strike after `skip`, `times` times, and count what they saw', () => {
    const faults = createFaults();
    const fault = faults.add({ match: onArm('PUT', /\/x$/), skip: 1, times: 2, answer: throttled(3) });
    faults.strike(request('GET', 'https://management.azure.com/subscriptions/s/x'));
    const struck = [1, 2, 3, 4].map(() => faults.strike(put).length);
    expect(struck).toEqual([0, 1, 1, 0]);
    expect([fault.seen(), fault.struck()]).toEqual([4, 2]);
  });

  test('calls and delays come before an answer; two answers take turns', () => {
    const faults = createFaults();
    const call = () => undefined;
    faults.add({ match: () => true, answer: { delayMs: 5 } });
    faults.add({ match: () => true, answer: { call } });
    faults.add({ match: () => true, times: 1, answer: 'reset' });
    faults.add({ match: () => true, times: 1, answer: { status: 503 } });
    expect(faults.strike(put)).toEqual([{ delayMs: 5 }, { call }, 'reset']);
    expect(faults.strike(put)).toEqual([{ delayMs: 5 }, { call }, { status: 503 }]);
    expect(faults.strike(put)).toEqual([{ delayMs: 5 }, { call }]);
  });

  test('can be taken back', () => {
    const faults = createFaults();
    const fault = faults.add({ match: () => true, answer: 'reset' });
    faults.addOperation({ match: () => true, outcome: { durationMs: 1 } });
    fault.remove();
    expect(faults.strike(put)).toEqual([]);
    faults.clear();
    expect(faults.strikeOperation({ kind: 'put', type: 'a/b', id: '/x' })).toBeUndefined();
  });

  test.each([
    [on('*', '*.blob.core.windows.net', /tfstate$/), 'https://a.blob.core.windows.net/c/tfstate', true],
    [on('*', '*.blob.core.windows.net'), 'https://blob.core.windows.net/', false],
    [on('GET', '*'), 'https://anything.example/', false],
  ])('matchers %#', (match, url, expected) => {
    expect(match(request('PUT', url))).toBe(expected);
  });
});
