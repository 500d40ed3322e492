import { expect, test } from '@jest/globals';
import { pathInside } from './paths.ts';

test.each([
  ['/w', '/w/platform.yaml', 'platform.yaml'],
  ['/w', '/w/eu/platform.yaml', 'eu/platform.yaml'],
  ['/w', '/w/..odd/platform.yaml', '..odd/platform.yaml'],
  ['/w/a', '/w/platform.yaml', '/w/platform.yaml'],
  ['/w', '/', '/'],
])('%s %s', (folder, file, expected) => {
  expect(pathInside(folder, file)).toBe(expected);
});
