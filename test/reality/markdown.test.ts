import { describe, expect, test } from '@jest/globals';
import {
  type Change,
  type ChangeReport,
  type Check,
  cell,
  codeSpan,
  escapeText,
  fence,
  kinds,
  link,
  prose,
  type Row,
  reaches,
  renderComment,
  renderSummaryParts,
  risks,
  type Value,
  verdicts,
} from '@suite/change-report';
import { printable } from '@suite/foundation';
import fc from 'fast-check';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { elementsOf, type PlacedElement } from '../support/html.ts';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly children?: readonly Node[];
}

const parser = unified().use(remarkParse).use(remarkGfm);

function parse(markdown: string): Node {
  // What the plugins add (links found in finished text) comes with the parse itself.
  return parser.parse(markdown) as Node;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* walk(child);
}

function typesOf(node: Node): Set<string> {
  return new Set([...walk(node)].map(({ type }) => type));
}

function textOf(node: Node): string {
  return [...walk(node)].map(({ type, value }) => (type === 'html' ? '' : (value ?? ''))).join('');
}

const zeroWidth = /\u200b/g;

/** What any text may at most look like: one line without control characters. */
function shownAs(raw: string): string {
  return printable(raw)
    .replace(/[\t\n]+/g, ' ')
    .trim();
}

const traps = [
  '@octocat',
  'org/repo#12',
  '#123',
  'GH-123',
  'gh-7',
  'https://example.invalid/?a=b',
  'http://',
  'www.example.invalid',
  'someone@example.invalid',
  'mailto:someone@example.invalid',
  '0123456789abcdef0123456789abcdef01234567',
  'deadbeef',
  ':smile:',
  ':+1:',
  '<img src=x onerror=alert(1)>',
  '</details>',
  '</code>',
  '<!--',
  '-->',
  '<https://example.invalid>',
  '&lt;',
  '&#64;',
  '![a](b)',
  '[a](javascript:b)',
  '[^1]',
  '[a]: b',
  '- [ ] x',
  '- a',
  '1. a',
  '1) a',
  '+ a',
  '# a',
  '> [!NOTE]',
  '    a',
  '\t',
  '***',
  '---',
  '===',
  '| a | b |',
  '|',
  '\\|',
  '\\',
  '`',
  '``',
  '```',
  '````diff',
  '~~~',
  '~~a~~',
  '**a**',
  '__a__',
  '$a$',
  '$$',
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\u2028',
  '\u0085',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u0000',
  '\u001b[31m',
  '\ud800',
  '\u00a0',
  ' ',
  'a',
  '%%{init: {}}%%',
  ';',
];

/** Text made to break out: traps side by side, and anything else. */
const hostile = fc
  .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...traps) }, fc.string({ unit: 'binary', maxLength: 6 })), {
    maxLength: 8,
  })
  .map(parts => parts.join(''));

/** What GitHub itself turns into something else in text that is not code. */
const references = [
  /(^|\W)@[a-z0-9]/i,
  /#\d/,
  /\bgh-\d/i,
  /:[a-z0-9_+-]+:/i,
  /\b[0-9a-f]{7,40}\b/i,
  /https?:\/\//i,
  /\bwww\./i,
];

function referencesIn(text: string): string[] {
  return references.some(reference => reference.test(text)) ? [text] : [];
}

/** Inside a link GitHub looks for none. */
function* walkOutsideLinks(node: Node): Generator<Node> {
  yield node;
  if (node.type !== 'link') for (const child of node.children ?? []) yield* walkOutsideLinks(child);
}

function findReferences(node: Node): string[] {
  return [...walkOutsideLinks(node)].flatMap(({ type, value = '' }) => (type === 'text' ? referencesIn(value) : []));
}

describe('text from outside, read by a Markdown parser', () => {
  test('escapeText is that text and nothing else', () => {
    fc.assert(
      fc.property(hostile, raw => {
        const tree = parse(escapeText(raw));
        const types = typesOf(tree);
        types.delete('root');
        expect([...types].every(type => type === 'paragraph' || type === 'text')).toBe(true);
        expect(textOf(tree).replace(zeroWidth, '')).toBe(shownAs(raw));
        expect(findReferences(tree)).toEqual([]);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  test('codeSpan is one code span with that text', () => {
    fc.assert(
      fc.property(hostile, raw => {
        const tree = parse(`before ${codeSpan(raw)} after`);
        expect(tree.children?.map(({ type }) => type)).toEqual(['paragraph']);
        const [before, code, after] = tree.children?.[0]?.children ?? [];
        expect([before?.value, code?.type, after?.value]).toEqual(['before ', 'inlineCode', ' after']);
        const shown = shownAs(raw);
        expect(code?.value).toBe(shown === '' ? '""' : shown);
      }),
      { numRuns: 1000, seed: 2 },
    );
  });

  test('cells leave a table its rows and columns', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (first, second, third) => {
        const row = `| ${cell(first)} | ${escapeText(second)} | ${prose(third, cell)} |`;
        const tree = parse(`| a | b | c |\n| :-- | :-- | :-- |\n${row}\n| x | y | z |`);
        const table = tree.children?.[0];
        expect(tree.children?.length).toBe(1);
        expect(table?.type).toBe('table');
        expect(table?.children?.map(line => line.children?.length)).toEqual([3, 3, 3]);
        const [one, two] = table?.children?.[1]?.children ?? [];
        expect(one && textOf(one).replace(zeroWidth, '')).toBe(shownAs(first) === '' ? '""' : shownAs(first));
        expect(two && textOf(two).replace(zeroWidth, '')).toBe(shownAs(second));
        const html = [...walk(tree)].flatMap(({ type, value }) => (type === 'html' ? [value] : []));
        expect(html.filter(tag => tag !== '<code>' && tag !== '</code>')).toEqual([]);
        expect(findReferences(tree)).toEqual([]);
      }),
      { numRuns: 1000, seed: 3 },
    );
  });

  test('prose is one paragraph of text and code', () => {
    fc.assert(
      fc.property(hostile, raw => {
        const tree = parse(`**Head.** ${prose(raw)}`);
        const types = typesOf(tree);
        for (const type of ['root', 'paragraph', 'strong', 'text', 'inlineCode']) types.delete(type);
        expect([...types]).toEqual([]);
        expect(findReferences(tree)).toEqual([]);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });

  test('a fence holds its lines', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 4 }), lines => {
        const tree = parse(`before\n\n${fence('diff', lines)}\n\nafter`);
        expect(tree.children?.map(({ type }) => type)).toEqual(['paragraph', 'code', 'paragraph']);
        expect(tree.children?.[1]?.value?.split('\n').length).toBe(Math.max(1, lines.length));
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  test('a link leads to the web or is none', () => {
    const addresses = fc.oneof(
      hostile,
      fc.webUrl(),
      hostile.map(tail => `https://example.invalid/${tail}`),
    );
    fc.assert(
      fc.property(hostile, addresses, (label, address) => {
        const tree = parse(`a ${link(label, address)} b`);
        const types = typesOf(tree);
        for (const type of ['root', 'paragraph', 'text', 'link']) types.delete(type);
        expect([...types]).toEqual([]);
        const links = [...walk(tree)].filter(({ type }) => type === 'link');
        expect(links.length).toBeLessThanOrEqual(1);
        for (const { url } of links) expect(url).toMatch(/^https?:\/\//);
      }),
      { numRuns: 1000, seed: 6 },
    );
  });
});

const runUrl = 'https://example.invalid/run';

const ours = new Set([
  'h3',
  'p',
  'strong',
  'em',
  'code',
  'pre',
  'blockquote',
  'details',
  'summary',
  'br',
  'a',
  'ul',
  'li',
]);
for (const tag of ['table', 'thead', 'tbody', 'tr', 'th', 'td']) ours.add(tag);

/** What of a node is not ours; nothing when all is well. */
function strangeIn({ element, inCode }: PlacedElement): string[] {
  const { type, tagName = '', properties, value: text = '' } = element;
  if (type === 'root') return [];
  if (type === 'text') return inCode ? [] : referencesIn(text);
  if (type !== 'element' || !ours.has(tagName)) return [`${type} ${tagName}`];
  const elsewhere = tagName === 'a' && JSON.stringify(properties) !== JSON.stringify({ href: runUrl });
  return elsewhere ? [`link with ${JSON.stringify(properties)}`] : [];
}

const value = fc.oneof(
  hostile.map((text): Value => ({ is: 'shown', text })),
  fc.constantFrom<Value>({ is: 'absent' }, { is: 'unknown' }, { is: 'sensitive' }),
);
const attribute = fc.record({ path: hostile, before: value, after: value });
const reason = fc.oneof(fc.record({ text: hostile }), fc.record({ text: hostile, attribute }));
const change = fc.record<Change>(
  {
    address: hostile,
    type: hostile,
    title: hostile,
    kind: fc.constantFrom(...kinds),
    createBeforeDelete: fc.boolean(),
    reasons: fc.array(reason, { maxLength: 2 }),
    attributes: fc.array(attribute, { maxLength: 3 }),
    reach: fc.constantFrom(...reaches),
    risk: fc.constantFrom(...risks),
    previousAddress: hostile,
    allowKey: hostile,
    effect: hostile,
  },
  { requiredKeys: ['address', 'type', 'title', 'kind', 'reasons', 'attributes', 'reach', 'risk'] },
);
const check = fc.record<Check>(
  {
    id: hostile,
    name: hostile,
    status: fc.constantFrom('passed', 'failed', 'blocked', 'unknown'),
    message: hostile,
    remedy: hostile,
  },
  { requiredKeys: ['id', 'name', 'status', 'message'] },
);
const few = { maxLength: 3 };
const report = fc.record<ChangeReport>({
  schema: fc.constant('change-report/v1'),
  action: hostile,
  command: fc.constantFrom('plan', 'apply', 'verify', 'drift'),
  platform: hostile,
  scope: hostile,
  region: hostile,
  production: fc.boolean(),
  commit: fc.record({ head: hostile, base: hostile }),
  run: fc.record({ id: hostile, attempt: hostile, url: fc.constant(runUrl), actor: hostile }),
  startedAt: fc.constant('2026-11-24T05:00:00Z'),
  finishedAt: fc.constant('2026-11-24T05:01:00Z'),
  verdict: fc.constantFrom(...verdicts),
  changes: fc.array(change, few),
  drift: fc.array(change, few),
  outputs: fc.array(
    fc.record({ name: hostile, kind: fc.constantFrom('create', 'update', 'delete'), before: value, after: value }),
    few,
  ),
  checks: fc.array(check, few),
  differences: fc.array(fc.record({ what: hostile, path: hostile, expected: hostile, actual: hostile }), few),
  warnings: fc.array(hostile, few),
  timings: fc.array(fc.record({ name: hostile, startMs: fc.nat(), durationMs: fc.nat() }), few),
  digest: hostile,
});

describe('a summary of hostile text', () => {
  test('has the elements of a summary and no others, closed where they were opened', () => {
    fc.assert(
      fc.property(report, hostileReport => {
        const markdown = renderSummaryParts(hostileReport, { limitBytes: 10_000_000 }).join('');
        const elements = elementsOf(markdown);
        expect(elements.flatMap(strangeIn)).toEqual([]);
        // Nothing swallowed the rest: the last line still stands at the end of the outermost level.
        const last = elements[0]?.element.children?.findLast(({ type }) => type === 'element');
        expect(last?.tagName).toBe('p');
        // A block quote is an alert of ours.
        expect(markdown.split('\n').filter(line => /^> \[!(WARNING|CAUTION)\]$/.test(line)).length).toBe(
          elements.filter(({ element }) => element.tagName === 'blockquote').length,
        );
      }),
      { numRuns: 200, seed: 7 },
    );
  });
});

/** What a comment is made of, every word of it hostile; the links are GitHub's own. */
const comment = fc.record({
  platform: hostile,
  file: hostile,
  commit: fc.record({ head: hostile, base: hostile }),
  run: fc.record({ id: hostile, attempt: hostile, url: fc.constant(runUrl) }),
  finishedAt: fc.constant('2026-11-24T05:01:00Z'),
  problems: fc.array(hostile, few),
  rows: fc.array(
    fc.record(
      {
        scope: hostile,
        region: hostile,
        title: hostile,
        production: fc.boolean(),
        actions: fc.array(hostile, few),
        gate: fc.record(
          { after: hostile, reviewers: fc.nat(3), waitMinutes: fc.nat(3) },
          { requiredKeys: ['reviewers', 'waitMinutes'] },
        ),
        reports: fc.array(report, { maxLength: 2 }),
        missing: fc.record(
          { actions: fc.array(hostile, few), reason: hostile, url: fc.constant(runUrl) },
          { requiredKeys: ['actions', 'reason'] },
        ),
      },
      { requiredKeys: ['scope', 'region', 'title', 'production', 'actions', 'gate', 'reports'] },
    ) as fc.Arbitrary<Row>,
    { maxLength: 3 },
  ),
});

describe('a comment of hostile text', () => {
  test('has the elements of a comment and no others, mentions nobody and refers to nothing', () => {
    fc.assert(
      fc.property(comment, content => {
        const markdown = renderComment(content, { limit: 10_000_000 });
        const elements = elementsOf(markdown);
        expect(elements.flatMap(strangeIn)).toEqual([]);
        const last = elements[0]?.element.children?.findLast(({ type }) => type === 'element');
        expect(last?.tagName).toBe('p');
        expect(markdown.split('\n').filter(line => /^> \[!(WARNING|CAUTION)\]$/.test(line)).length).toBe(
          elements.filter(({ element }) => element.tagName === 'blockquote').length,
        );
        expect(findReferences(parse(markdown))).toEqual([]);
      }),
      { numRuns: 200, seed: 9 },
    );
  });

  test('keeps any limit and cuts inside no block', () => {
    fc.assert(
      fc.property(comment, fc.integer({ min: 0, max: 6000 }), (content, limit) => {
        const markdown = renderComment(content, { limit, measure: text => text.length });
        expect(markdown.length).toBeLessThanOrEqual(limit);
        expect(markdown.match(/^<details>/gm)?.length).toBe(markdown.match(/^<\/details>$/gm)?.length);
        const elements = elementsOf(markdown);
        expect(elements.flatMap(strangeIn)).toEqual([]);
      }),
      { numRuns: 200, seed: 8 },
    );
  });
});
