import { expect, test } from '@jest/globals';
import type { Element } from 'hast';
import { textOf } from './elements.ts';
import { drawGantt } from './gantt.ts';

const head = 'gantt\n  dateFormat x\n  axisFormat %H:%M:%S\n';
const begin = Date.UTC(2026, 10, 24, 5, 0, 0);

function parts(source: string, tagName: string): Element[] {
  return (drawGantt(source)?.children ?? []).filter(
    (child): child is Element => child.type === 'element' && child.tagName === tagName,
  );
}

test('bars stand where their time is, with their names in or beside them, over an axis of time', () => {
  const source = `${head}  · init :${begin}, 10000ms\n  · a name that is longer than its bar :${begin + 10_000}, 10000ms\n  · end :${begin + 39_000}, 1000ms`;
  const bars = parts(source, 'rect').map(({ properties: { x, width } }) => [x, width]);
  expect(bars).toEqual([
    ['1', '209.5'],
    ['210.5', '209.5'],
    ['818.1', '21'],
  ]);
  const labels = parts(source, 'text').map(label => [textOf(label), label.properties['textAnchor']]);
  expect(labels).toEqual([
    ['05:00:00', 'start'],
    ['05:00:10', 'middle'],
    ['05:00:20', 'middle'],
    ['05:00:30', 'middle'],
    ['05:00:40', 'end'],
    ['· init', 'middle'],
    ['· a name that is longer than its bar', 'start'],
    ['· end', 'end'],
  ]);
  expect(drawGantt(source)?.properties['ariaLabel']).toContain('· init: 10.0 s; ');
});

test.each([
  ['another diagram', 'graph LR\n  a --> b'],
  ['another format of dates', 'gantt\n  dateFormat YYYY-MM-DD\n  axisFormat %H:%M:%S\n  a :2026-11-24, 1d'],
  ['sections', `${head}  section One\n  a :${begin}, 1ms`],
  ['a task in another form', `${head}  a :done, ${begin}, 1ms`],
  ['no task', head],
  ['more than 50,000 characters', head + `a :${begin}, 1ms\n`.repeat(2_500)],
])('%s is not drawn', (_what, source) => expect(drawGantt(source)).toBeUndefined());
