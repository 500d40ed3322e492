import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Element, Root } from 'hast';
import rehypeRaw from 'rehype-raw';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { anchors } from './anchors.ts';
import type { PageContent } from './content.ts';
import { textOf } from './markdown/elements.ts';
import { renderPage } from './page.ts';
import { hostileText, withEveryText } from './testing/hostile.ts';
import { sampleContent, sampleJob, sampleStep } from './testing/samples.ts';

/** The elements of a page as a browser reads them. */
function elementsOf(page: string): Element[] {
  const tree: Root = { type: 'root', children: [{ type: 'raw', value: page }] };
  const elements: Element[] = [];
  visit(unified().use(rehypeRaw).runSync(tree), 'element', element => {
    elements.push(element);
  });
  return elements;
}

function find(elements: readonly Element[], tagName: string, id?: string): readonly Element[] {
  return elements.filter(
    element => element.tagName === tagName && (id === undefined || element.properties['id'] === id),
  );
}

const page = renderPage(sampleContent);
const elements = elementsOf(page);

test.each([
  ['the verdict', 'Something failed · 3 runs in 3 min 25 s'],
  ['notes', 'Records of staging and prod are in run.json.'],
  ['the story', '<h3>1. A change is proposed</h3>'],
  ['what a chapter is about', 'A setting is changed in the portal.'],
  [
    'a failed run that had to fail',
    'It is promoted, and stops</a> <span class="muted">stopped, as it has to be</span>',
  ],
  ['the way to an issue', '<a href="#issue-43">One issue says which</a>'],
  ['an issue', 'Drift in dev of contoso <span class="number">#43</span>'],
  ['the state of an issue', 'Closed</span>'],
  ['a comment of an issue', '<strong>Clean.</strong> Nothing is left.'],
  ['an issue in the time line', 'github-actions[bot] edited issue #43'],
  ['the pull request', 'Move the GPU pool to T4 nodes <span class="number">#42</span>'],
  ['a comment', '<h3 aria-level="5">Platform plan: prod rotates a node pool, 2 environments are routine</h3>'],
  ['its earlier revision', 'Plans of 4 environments are under way.'],
  ['a deleted comment', 'deleted a comment'],
  ['the sum of checks', '2 failing, 1 cancelled, 1 skipped, 4 successful checks'],
  ['a check', '<p class="check-title">prod rotates a node pool that is not allowed</p>'],
  ['its annotation', 'node-pool/gpu is not in `allow:` of prod.\nAdd it, or leave vm_size as it is.'],
  ['checks of earlier commits', '1 check of earlier commits'],
  ['annotations of steps and jobs', '1 error, 1 warning'],
  ['a summary', 'plan / Plan prod · westeurope summary'],
  ['an attempt', '#4712, attempt 2'],
  ['a run that could not begin', 'The workflow is not valid. .github/workflows/drift.yml'],
  ['an exit code', 'The process ended with exit code 1.'],
  ['an older deployment', '1 earlier deployment'],
  ['the time line', 'github-actions[bot] edited a comment of #42'],
  ['approvals', 'mona approved the deployment to prod'],
  ['records', 'prod is recorded as running 7d1f0aa'],
])('shows %s', (_what, html) => expect(page).toContain(html));

test('hides the marker of a comment', () => expect(page).not.toContain('platform-plan:v1'));

test('failed jobs and steps are open, others are folded', () => {
  const jobs = find(elements, 'details').filter(({ properties }) => String(properties['className']).includes('job'));
  const open = jobs.filter(({ properties }) => properties['open'] === true);
  expect(open.map(({ properties }) => properties['id'])).toEqual(['job-9003']);
  expect(jobs.length).toBe(9);
});

test('every state has a word beside its colour', () => {
  for (const use of find(elements, 'svg')) {
    const { role, ariaLabel, ariaHidden } = use.properties;
    expect(role === 'img' ? ariaLabel : ariaHidden).toBeTruthy();
  }
  for (const id of ['job-9003', 'job-9004', 'job-9006']) {
    expect(find(elements, 'details', id).map(textOf).join('')).toMatch(/Failure|Cancelled|Skipped/);
  }
});

test('ids are unique, and links on the page find theirs', () => {
  const ids = elements.flatMap(({ properties }) => properties['id'] ?? []);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const targets = elements.flatMap(({ properties: { href } }) =>
    String(href).startsWith('#') ? String(href).slice(1) : [],
  );
  expect(targets.filter(target => !ids.includes(target))).toEqual([]);
  expect(targets).toContain('run-4711-attempt-1');
});

test('takes no script, no outside resource, and no style sheet but its own', () => {
  const [style, ...others] = find(elements, 'style');
  expect(others).toEqual([]);
  const digest = createHash('sha256')
    .update(style === undefined ? '' : textOf(style))
    .digest('base64');
  expect(page).toContain(`default-src &#39;none&#39;; style-src &#39;sha256-${digest}&#39;`);
  expect(textOf(style as Element)).not.toMatch(/url\(|@import/);
  expect(
    elements.filter(({ tagName, properties }) => tagName === 'script' || 'style' in properties || 'src' in properties),
  ).toEqual([]);
});

test("GitHub's colours hold for the whole page in both schemes", () => {
  const css = textOf(find(elements, 'style')[0] as Element);
  expect(css).not.toContain('data-theme');
  expect(css.match(/:root \{\s*\/\*(dark|light) \*\//g)?.length).toBe(2);
  expect(css).toMatch(/^:root \{\s*--base-size-16/);
});

describe('hostile text in every field', () => {
  const hostile = elementsOf(renderPage(withEveryText(sampleContent, text => `${text}\n\n${hostileText}`)));
  const allowed = new Set(elements.map(({ tagName }) => tagName));

  test('brings no element that the page does not have anyway', () => {
    expect([...new Set(hostile.map(({ tagName }) => tagName))].filter(tagName => !allowed.has(tagName))).toEqual([]);
    expect(
      hostile.filter(({ tagName }) => ['script', 'img', 'iframe', 'form', 'base', 'link'].includes(tagName)),
    ).toEqual([]);
    for (const tagName of ['title', 'style', 'main', 'h1']) expect(find(hostile, tagName).length).toBe(1);
    expect(find(hostile, 'meta').length).toBe(find(elements, 'meta').length);
  });

  test('brings no handler, style or address but those of the web', () => {
    const attributes = hostile.flatMap(({ properties }) => Object.keys(properties));
    expect(attributes.filter(name => /^on|^style$|^src/i.test(name))).toEqual([]);
    const addresses = hostile.flatMap(({ properties: { href } }) => (href === undefined ? [] : String(href)));
    expect(addresses.filter(address => !/^(#|https?:\/\/|mailto:)/.test(address))).toEqual([]);
  });

  test('leaves ids unique', () => {
    const ids = hostile.flatMap(({ properties }) => properties['id'] ?? []);
    expect(ids.length).toBe(new Set(ids).size);
  });
});

test('documents that are too much to be drawn do not cost the page', () => {
  const html = renderPage(withEveryText(sampleContent, text => `${text}\n\n${'<div>'.repeat(5_000)}`));
  expect(html).toContain('as it is written: its elements are nested too deeply.');
  expect(html).toMatch(/<\/main>\s*<\/body>\s*<\/html>\s*$/);
});

test('an empty world is a page as well', () => {
  const empty: PageContent = {
    ok: true,
    startedAt: 0,
    seconds: 0,
    repository: 'o/r',
    pulls: [],
    runs: [],
    deployments: [],
  };
  const html = renderPage(empty);
  for (const words of ['All is well · 0 runs', 'No workflow ran.', 'Nothing was deployed.'])
    expect(html).toContain(words);
});

test('jobs of called workflows stand under their caller', () => {
  const [run] = sampleContent.runs;
  if (run === undefined) throw new Error('The sample has no run.');
  const jobs = [sampleJob('1', 'promote / dev / Apply'), sampleJob('2', 'lint')];
  const html = renderPage({ ...sampleContent, pulls: [], runs: [{ ...run, jobs }] });
  expect(html).toMatch(/<p class="caller">.*promote \/ dev<\/p><ol class="job-rows"><li>.*>Apply<\/a>/s);
  expect(html).toMatch(/>lint<\/a>/);
});

test('a page that is written anew leads to what has come meanwhile', () => {
  const [run] = sampleContent.runs;
  if (run === undefined) throw new Error('The sample has no run.');
  const promotion = `https://github.com/${sampleContent.repository}/actions/runs/8`;
  const steps = [sampleStep({ summary: `[Its promotion](${promotion})` })];
  const planned = { ...run, id: '7', jobs: [sampleJob('1', 'plan', { steps })] };
  const promoted = { ...run, id: '8', jobs: [] };
  const linkOn = (...runs: (typeof run)[]) =>
    /<a href="([^"]*)"[^>]*>Its promotion/.exec(renderPage({ ...sampleContent, pulls: [], chapters: [], runs }))?.[1];
  expect(linkOn(planned)).toBe(promotion);
  expect(linkOn(planned, promoted)).toBe(`#${anchors.run(promoted)}`);
});
