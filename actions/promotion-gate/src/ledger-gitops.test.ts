import { expect, test } from '@jest/globals';
import type { GitOpsBase } from '@suite/change-report';
import { describeGitOps } from './ledger-gitops.ts';

const at = (sign: string, branch = 'main'): GitOpsBase => ({
  repository: 'contoso/gitops',
  branch,
  commit: sign.repeat(40),
});

test.each<readonly [string, Parameters<typeof describeGitOps>, string]>([
  ['nothing of it', [undefined, undefined], ''],
  [
    'what was synced, and where the bundle was made',
    [at('b'), [at('c', 'next'), at('a')]],
    '`bbbbbbb`, made at `aaaaaaa`',
  ],
  ['what was synced, of a bundle of before', [at('b'), undefined], '`bbbbbbb`'],
  ['where the bundle was made alone', [undefined, [at('a'), at('c', 'next')]], 'made at `aaaaaaa`, `ccccccc`'],
])('%s', (_, given, expected) => {
  expect(describeGitOps(...given)).toBe(expected);
});
