import { describe, expect, test } from '@jest/globals';
import { movingTag, newest, nextVersions, parseVersion, releaseBefore } from './version.ts';

describe('versions', () => {
  test.each(['v1', '1.2.3', 'v1.2', 'v01.2.3', 'v1.2.3-rc.1', 'v1.2.3\n'])('%j is none', text => {
    expect(parseVersion(text)).toBeUndefined();
  });

  test('are ordered by their numbers, and other tags are no versions', () => {
    const tags = ['v1.9.0', 'v1.10.0', 'v2.0.0', 'v2', 'latest', 'v1.10.1'];
    expect(newest(tags)).toBe('v2.0.0');
    expect(newest(tags, ([major]) => major === 1)).toBe('v1.10.1');
    expect(releaseBefore([1, 10, 1], tags)).toBe('v1.10.0');
    expect(releaseBefore([1, 9, 0], tags)).toBeUndefined();
    expect(movingTag([2, 0, 0])).toBe('v2');
  });

  test('follow one another without a gap', () => {
    expect(nextVersions(undefined)).toEqual(['v1.0.0']);
    expect(nextVersions('v1.2.3')).toEqual(['v1.2.4', 'v1.3.0', 'v2.0.0']);
  });
});
