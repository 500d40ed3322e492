import type { Element, ElementContent } from 'hast';
import { element } from './elements.ts';

interface Task {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly milliseconds: number;
}

const width = 840;
const rowHeight = 24;
const axisHeight = 28;
/** Of the letters of a label, in units of the drawing; taken generously. */
const letterWidth = 6.4;
const ticks = [0, 0.25, 0.5, 0.75, 1];

/** Characters of a diagram; Mermaid draws none that is longer (its `maxTextSize`). */
const longest = 50_000;

const header = ['gantt', 'dateFormat x', 'axisFormat %H:%M:%S'];
const taskLine = /^(.+?)\s*:\s*(\d{1,15}),\s*(\d{1,12})ms$/;

/** Mermaid's `gantt` as our summaries write it, drawn; undefined for one that says anything else. */
export function drawGantt(source: string): Element | undefined {
  if (source.length > longest) return undefined;
  const lines = source.split('\n').map(line => line.trim());
  if (!header.every((line, index) => lines[index] === line)) return undefined;
  const tasks: Task[] = [];
  for (const line of lines.slice(header.length).filter(rest => rest !== '')) {
    const [, name = '', start, milliseconds] = taskLine.exec(line) ?? [];
    if (start === undefined) return undefined;
    tasks.push({ name, start: Number(start), milliseconds: Number(milliseconds) });
  }
  return tasks.length === 0 ? undefined : draw(tasks);
}

function draw(tasks: readonly Task[]): Element {
  const begin = Math.min(...tasks.map(({ start }) => start));
  const end = Math.max(...tasks.map(({ start, milliseconds }) => start + milliseconds));
  const scale = (width - 2) / Math.max(end - begin, 1);
  const height = tasks.length * rowHeight;
  const rows = tasks.flatMap((task, index) => {
    const x = 1 + (task.start - begin) * scale;
    return drawTask(task.name, { x, y: index * rowHeight, width: Math.max(task.milliseconds * scale, 2) });
  });
  const axis = ticks.flatMap(part => drawTick(1 + part * (width - 2), height, begin + part * (end - begin)));
  const words = tasks.map(({ name, milliseconds }) => `${name}: ${(milliseconds / 1000).toFixed(1)} s`).join('; ');
  const viewBox = `0 0 ${width} ${height + axisHeight}`;
  return element('svg', { className: ['gantt'], viewBox, role: 'img', ariaLabel: words }, [...axis, ...rows]);
}

/** The name stands inside its bar where it fits, else beside it. */
function drawTask(name: string, bar: { readonly x: number; readonly y: number; readonly width: number }): Element[] {
  const length = name.length * letterWidth;
  const y = bar.y + rowHeight / 2 + 4;
  const place =
    length <= bar.width
      ? { x: round(bar.x + bar.width / 2), textAnchor: 'middle' }
      : bar.x + bar.width + 6 + length <= width
        ? { x: round(bar.x + bar.width + 6), textAnchor: 'start' }
        : { x: round(bar.x - 6), textAnchor: 'end' };
  const box = { x: round(bar.x), y: round(bar.y + 3), width: round(bar.width), height: round(rowHeight - 6), rx: '3' };
  return [element('rect', box, []), element('text', { ...place, y: round(y) }, [text(name)])];
}

function drawTick(x: number, height: number, at: number): Element[] {
  const time = new Date(at).toISOString().slice(11, 19);
  const textAnchor = x < 2 ? 'start' : x > width - 2 ? 'end' : 'middle';
  return [
    element('line', { x1: round(x), x2: round(x), y1: '0', y2: round(height + 6) }, []),
    element('text', { className: ['tick'], x: round(x), y: round(height + 20), textAnchor }, [text(time)]),
  ];
}

function text(value: string): ElementContent {
  return { type: 'text', value };
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
