import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assembleComment, contentOf } from './banner.ts';
import { type Marker, readMarker, writeMarker } from './marker.ts';

const marker: Marker = {
  pull: 42,
  file: 'platform.yaml',
  head: '9f3c2e1',
  run: '4711',
  attempt: 1,
  startedAt: '2026-11-24T05:00:00Z',
  state: 'planned',
};

test('a marker is found again, whatever the name of the file', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), file => {
      const wanted = { ...marker, file: file.toWellFormed() };
      const line = writeMarker(wanted);
      expect(line).toMatch(/^<!-- [^\n>]+ -->$/);
      expect(readMarker(`${line}\nbody`)).toEqual(wanted);
    }),
    { seed: 1 },
  );
});

test.each([
  ['no marker', 'Looks good'],
  ['a quoted one', `> ${writeMarker(marker)}`],
  ['one in the middle', `Hello\n${writeMarker(marker)}`],
  ['no base64', '<!-- platform-plan:v1 !!! -->'],
  ['no JSON', `<!-- platform-plan:v1 ${Buffer.from('no').toString('base64url')} -->`],
  [
    'a wrong type',
    `<!-- platform-plan:v1 ${Buffer.from(JSON.stringify({ ...marker, pull: '42' })).toString('base64url')} -->`,
  ],
  ['another version', writeMarker(marker).replace(':v1', ':v2')],
])('%s is none of ours', (_, body) => {
  expect(readMarker(body)).toBeUndefined();
});

test('a banner comes and goes without touching the content', () => {
  const content = '### Plan\n\ntext\n';
  const planned = assembleComment(writeMarker(marker), { is: 'none' }, content);
  const outdated = assembleComment(
    writeMarker({ ...marker, state: 'planning' }),
    { is: 'outdated', head: '9f3c2e1', newHead: 'aaaaaaa1', run: { id: '4712', url: 'https://github.com/r/4712' } },
    contentOf(planned),
  );
  expect(outdated).toContain(
    '> [!IMPORTANT]\n> **Outdated: `aaaaaaa` was pushed.** [Run 4712](https://github.com/r/4712) was started to plan it.',
  );
  expect(contentOf(outdated)).toBe(content);
  expect(assembleComment(writeMarker(marker), { is: 'none' }, contentOf(outdated))).toBe(planned);
});

describe('a comment that somebody edited by hand', () => {
  const content = '### Plan\n\n> [!WARNING]\n> danger\n\nend';
  const outdated = assembleComment(writeMarker(marker), { is: 'outdated', head: 'a', newHead: 'b' }, content);
  const seam = '<!-- platform-plan:body -->';
  test.each([
    ['with line ends of a browser', outdated.replaceAll('\n', '\r\n')],
    ['with two seams', outdated.replace(seam, `${seam}\n${seam}`)],
    ['without a seam', outdated.replace(`${seam}\n`, '')],
    ['with the seam at the end', `${outdated.replace(`${seam}\n`, '')}\n${seam}`],
  ])('%s keeps its content and loses its banner', (_, body) => {
    expect(contentOf(body).trim()).toBe(content);
  });
});

test('a seam that somebody removed costs no content', () => {
  expect(contentOf(`${writeMarker(marker)}\n### Plan\n`)).toBe('### Plan\n');
});
