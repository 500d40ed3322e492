import { expect, test } from '@jest/globals';
import { followLinks } from './anchors.ts';
import { sampleContent } from './testing/samples.ts';

test.each([
  ['https://github.com/contoso/platform/actions/runs/4711', '#run-4711-attempt-1'],
  ['https://github.com/Contoso/Platform/actions/runs/4712/attempts/2', '#run-4712-attempt-2'],
  ['https://github.com/contoso/platform/actions/runs/4711/job/9003', '#job-9003'],
  ['https://github.com/contoso/platform/pull/42', '#pull-42'],
  ['https://github.com/contoso/platform/pull/42#issuecomment-1001', '#issuecomment-1001'],
  ['https://github.com/contoso/platform/runs/501', '#check-501'],
  ['https://github.com/contoso/platform/actions/runs/1', undefined],
  ['https://github.com/contoso/other/actions/runs/4711', undefined],
  ['javascript:contoso/platform/actions/runs/4711', undefined],
  ['not an address', undefined],
])('%s leads to %p', (url, expected) => expect(followLinks(sampleContent)(url)).toBe(expected));
