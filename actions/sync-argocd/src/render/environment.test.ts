import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BuildEnvironment, substitute } from './environment.ts';

fc.configureGlobal({ seed: 1 });

const environment = { ARGOCD_APP_NAME: 'api', ARGOCD_APP_REVISION: 'abc' } as BuildEnvironment;

/** As Go's os.Expand has it. */
test.each([
  ['$ARGOCD_APP_NAME', 'api'],
  ['\u0024{ARGOCD_APP_NAME}x', 'apix'],
  ['$ARGOCD_APP_NAMEx', ''],
  ['$ARGOCD_APP_NAME/$ARGOCD_APP_REVISION', 'api/abc'],
  ['$$ARGOCD_APP_NAME', '$ARGOCD_APP_NAME'],
  ['$HOME', ''],
  ['$1', ''],
  ['a$', 'a$'],
  ['$ x', '$ x'],
  ['$/x', '$/x'],
  ['\u0024{}', ''],
  ['$constructor', ''],
])('%s → %s', (text, expected) => {
  expect(substitute(text, environment)).toBe(expected);
});

test('a text without a dollar stays as it is', () => {
  fc.assert(
    fc.property(
      fc.string().filter(text => !text.includes('$')),
      text => {
        expect(substitute(text, environment)).toBe(text);
      },
    ),
  );
});
