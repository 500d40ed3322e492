import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Change, ChangeReport, ExpectedScope, Value } from '@suite/change-report';
import { json, on, type PullView, type StepResult, type WorldRequest, type WorldResponse } from '@suite/sandbox';
import { sampleChange, sampleReport, shown } from '../../packages/change-report/src/testing/samples.ts';
import { errors, succeeded } from '../support/bundle.ts';
import { elementsOf } from '../support/html.ts';
import {
  bot,
  commentsOf,
  type GitHubWorld,
  openGitHubWorld,
  propose,
  requestsFrom,
  type StepJob,
} from '../support/pipeline.ts';

let github: GitHubWorld;

beforeAll(async () => {
  github = await openGitHubWorld();
});
afterEach(() => github.world.faults.clear());
afterAll(() => github.close());

const api = 'api.github.com';
const oneMebibyte = 1024 * 1024;

function place(scope: string, more: Partial<ExpectedScope> = {}): ExpectedScope {
  return {
    scope,
    region: 'westeurope',
    title: scope,
    production: false,
    actions: ['provision-aks'],
    gate: { reviewers: 0, waitMinutes: 0 },
    ...more,
  };
}

/** A pull request of its own, and the event that opened it. */
async function open(branch: string) {
  const pull = await propose(github.repository, branch, { 'notes.md': `${branch}\n` });
  return { number: pull.number, event: eventOf(pull.number), head: pull.head.sha };
}

function eventOf(number: number, action: 'opened' | 'synchronize' = 'opened') {
  return { name: 'pull_request', payload: github.repository.pullRequestEvent(number, action) };
}

function ours(number: number): PullView['comments'] {
  return commentsOf(github.repository.pull(number));
}

/** The report of a plan that a job of run 4711 made. */
function planned(scope: string, head: string, more: Partial<ChangeReport> = {}): ChangeReport {
  return sampleReport({ scope, commit: { head }, verdict: 'changes', changes: [sampleChange()], ...more });
}

/** A folder as actions/download-artifact leaves it. */
async function artifacts(files: Readonly<Record<string, ChangeReport | string>>): Promise<string> {
  const folder = await github.newFolder('reports');
  for (const [name, report] of Object.entries(files)) {
    await mkdir(join(folder, name), { recursive: true });
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    await writeFile(join(folder, name, 'plan.json'), text);
  }
  return folder;
}

interface Writing {
  readonly scopes?: readonly ExpectedScope[];
  readonly reports?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Runs `write`, as plan.yml does. */
function write(job: StepJob, { scopes = [place('dev')], reports = '', inputs = {} }: Writing = {}) {
  const given = { platform: 'contoso', scopes: JSON.stringify(scopes), reports, ...inputs };
  return github.run('plan-comment', given, job);
}

describe('what the reports say', () => {
  test('is one comment, one check on the lines of the platform file, and a summary', async () => {
    const { number, event, head } = await open('plain');
    const reports = await artifacts({ 'report-contoso-dev-westeurope': planned('dev', head) });
    const result = succeeded(await write({ event }, { reports }));
    const [comment, ...others] = ours(number);
    expect(others).toEqual([]);
    expect(comment?.body).toContain('| dev | +1 | low | open |');
    expect(result.outputs).toMatchObject({ verdict: 'changes', outcome: 'created' });
    expect(result.outputs['comment-url']).toContain(`/pull/${number}#issuecomment-${comment?.id}`);
    expect(result.summary).toContain('| dev | +1 | low | open |');
    expect(github.repository.checkRuns(head)).toMatchObject([{ name: 'Platform plan', conclusion: 'success' }]);
  });

  test('of two platform files is two comments', async () => {
    const { number, event, head } = await open('two-platforms');
    for (const name of ['one', 'two']) {
      const reports = await artifacts({ report: planned('dev', head, { platform: name }) });
      const inputs = { platform: name, 'platform-file': `${name}/platform.yaml` };
      succeeded(await write({ event }, { reports, inputs }));
      succeeded(await write({ event, runId: '4711', attempt: 2 }, { reports, inputs }));
    }
    expect(ours(number).map(({ body }) => /Platform plan of `(\w+)`/.exec(body)?.[1])).toEqual(['one', 'two']);
    expect(new Set(github.repository.checkRuns(head).map(({ name }) => name))).toEqual(
      new Set(['Platform plan (one/platform.yaml)', 'Platform plan (two/platform.yaml)']),
    );
  });

  test('of an only artifact lies directly in the folder', async () => {
    const { number, event, head } = await open('alone');
    const folder = await github.newFolder('reports');
    await writeFile(join(folder, 'plan.json'), JSON.stringify(planned('dev', head)));
    const result = succeeded(await write({ event }, { reports: folder }));
    expect(result.outputs['verdict']).toBe('changes');
    expect(ours(number)[0]?.body).toContain('| dev | +1 | low | open |');
  });

  test('that is not about this run, commit and platform, or is broken, counts as missing', async () => {
    const { number, event, head } = await open('strange');
    const reports = await artifacts({
      'report-contoso-good-westeurope': planned('good', head),
      'report-contoso-other-run-westeurope': planned('other-run', head, {
        run: { id: '4710', attempt: '1', url: 'https://github.com/x', actor: 'eve' },
      }),
      'report-contoso-other-commit-westeurope': planned('other-commit', 'f'.repeat(40)),
      'report-contoso-other-platform-westeurope': planned('other-platform', head, { platform: 'fabrikam' }),
      'report-contoso-schema-westeurope': JSON.stringify({ ...planned('schema', head), schema: 'change-report/v2' }),
      'report-contoso-truncated-westeurope': planned('truncated', head),
    });
    await truncate(join(reports, 'report-contoso-truncated-westeurope', 'plan.json'), 300);
    const names = ['good', 'other-run', 'other-commit', 'other-platform', 'schema', 'truncated', 'cancelled'];
    github.repository.recordRun({
      id: '4711',
      attempt: 1,
      number: 1,
      name: 'Platform',
      path: '.github/workflows/platform.yml',
      event: 'pull_request',
      status: 'in_progress',
      conclusion: undefined,
      headSha: head,
      headBranch: 'strange',
      actor: 'mona',
      startedAt: 0,
      jobs: ['other-run', 'cancelled'].map((name, index) => ({
        id: String(100 + index),
        name: `Plan / Plan ${name}`,
        status: 'completed',
        conclusion: name === 'cancelled' ? 'cancelled' : 'success',
        startedAt: 0,
        completedAt: 0,
      })),
    });
    const result = succeeded(await write({ event }, { scopes: names.map(name => place(name)), reports }));
    expect(result.outputs['verdict']).toBe('incomplete');
    const missing = [...(ours(number)[0]?.body ?? '').matchAll(/There is no plan of (.+?):\*\* (.+?)\. What would/g)];
    const page = 'https://github.com/contoso/platform/actions/runs/4711/job/';
    expect(missing.map(([, name, why]) => [name, why])).toEqual([
      [
        'other-run',
        expect.stringMatching(/^its report belongs to another .*\(\[its log\]\(https:.*\/4711\/job\/100\)\)$/),
      ],
      ['other-commit', expect.stringMatching(/^its report belongs to another /)],
      ['other-platform', 'its job left no report'],
      ['schema', expect.stringMatching(/^its report cannot be read: /)],
      ['truncated', expect.stringMatching(/^its report cannot be read: The report is cut off/)],
      ['cancelled', `its job was cancelled ([its log](${page}101))`],
    ]);
    expect(github.repository.checkRuns(head)).toMatchObject([{ conclusion: 'failure' }]);
  });

  test('may fail the step, after everything is written', async () => {
    const { number, event, head } = await open('required');
    const reports = await artifacts({ report: planned('dev', head) });
    const scopes = [place('dev'), place('prod')];
    const result = await write({ event }, { scopes, reports, inputs: { 'fail-if-blocked': 'true' } });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toHaveLength(1);
    expect(result.outputs['verdict']).toBe('incomplete');
    expect(ours(number)[0]?.body).toContain('**There is no plan of prod:**');
    expect(github.repository.checkRuns(head)).toMatchObject([{ conclusion: 'failure' }]);
    const complete = { scopes: [place('dev')], reports, inputs: { 'fail-if-blocked': 'true' } };
    succeeded(await write({ event, attempt: 2 }, complete));
  });

  test('in 10,000 changes of 24 places fits where GitHub takes it, in little memory', async () => {
    const { number, event, head } = await open('huge');
    const places = Array.from({ length: 24 }, (_, index) => place(`place-${index}`, { production: index > 20 }));
    const files = places.map(({ scope }, index) => {
      const changes = Array.from({ length: index < 16 ? 417 : 416 }, (_, at) => largeChange(index, at));
      return [`report-contoso-${scope}-westeurope`, planned(scope, head, { changes })] as const;
    });
    expect(files.reduce((sum, [, { changes }]) => sum + changes.length, 0)).toBe(10_000);
    const reports = await artifacts(Object.fromEntries(files));
    // Memory that it needs: without a limit V8 leaves garbage where it is.
    // Not process.resourceUsage(): that holds what the parent, this test's process, had when it began.
    const tell =
      "import{readFileSync}from'node:fs';process.on('exit',()=>console.log(/VmHWM.*/.exec(readFileSync('/proc/self/status','utf8'))[0]))";
    const environment = {
      NODE_OPTIONS: `--max-old-space-size=256 --import=data:text/javascript,${encodeURIComponent(tell)}`,
    };
    const result = succeeded(await write({ event, environment }, { scopes: places, reports }));
    const [comment] = ours(number);
    expect(comment?.body.length).toBeLessThanOrEqual(65_536);
    expect(comment?.body).toContain('| **place-0** |');
    expect(comment?.body.match(/<details>/g)?.length).toBe(comment?.body.match(/<\/details>/g)?.length);
    expect(Buffer.byteLength(result.summary)).toBeLessThanOrEqual(oneMebibyte);
    expect(Buffer.byteLength(result.summary)).toBeGreaterThan(oneMebibyte / 2);
    const [check] = github.repository.checkRuns(head);
    expect(check?.summary.length).toBeLessThanOrEqual(65_535);
    const peak = Number(/VmHWM:\s+(\d+)/.exec(result.log.join('\n'))?.[1]);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(400 * 1024);
  });
});

function largeChange(place: number, at: number): Change {
  const attributes = Array.from({ length: 6 }, (_, index) => ({
    path: `setting_${index}`,
    before: shown(`before ${'x'.repeat(60)}`),
    after: shown(`after ${'y'.repeat(60)}`),
  }));
  return sampleChange({
    address: `module.m["${place}-${at}"].azurerm_kubernetes_cluster_node_pool.this`,
    title: `node pool p${place}x${at}`,
    kind: at % 3 === 0 ? 'replace' : 'update',
    risk: at % 3 === 0 ? 'high' : 'low',
    reasons: at % 3 === 0 ? [{ text: '', ...(attributes[0] === undefined ? {} : { attribute: attributes[0] }) }] : [],
    attributes,
    reach: 'node-pool',
  });
}

const hostile = [
  '</details></td></code><img src=x onerror=alert(1)><!-- ',
  '@org/everyone org/repo#12 #123 GH-123 0123456789abcdef0123456789abcdef01234567 :smile:',
  'https://evil.example/ www.evil.example someone@evil.example [a](javascript:alert(1)) ![b](https://evil.example/x.png)',
  '```\n# heading\n> [!NOTE]\n- [ ] x\n| a | b |\n~~~\n`` ` ``` ',
  '::add-path::/tmp/evil\n##[add-mask]a\n::error file=x::y',
  '\u202egnp.exe\u001b[31m $$ --> %%{init: {}}%%',
].join('\n');

const tags = 'h3 p strong em code pre blockquote details summary br a ul li table thead tbody tr th td'.split(' ');
// What GitHub turns into a link, a mention or a picture.
const references = [/(^|\W)@[a-z0-9]/i, /#\d/, /\bgh-\d/i, /:[a-z_]+:/i, /\b[0-9a-f]{40}\b/, /https?:\/\//i, /\bwww\./];

/** Everything in a comment that is not of our making. */
function strangeIn(markdown: string): string[] {
  return elementsOf(markdown).flatMap(({ element: { type, tagName = '', properties, value = '' }, inCode }) => {
    if (type === 'root' || type === 'comment') return [];
    if (type === 'text') return inCode ? [] : references.filter(reference => reference.test(value)).map(() => value);
    if (!tags.includes(tagName)) return [`<${tagName}>`];
    const address = String(properties?.['href'] ?? 'https://github.com/contoso/');
    return address.startsWith('https://github.com/contoso/') ? [] : [`<a href=${address}>`];
  });
}

test('hostile text in every field of a report is text in comment, summary, check and log', async () => {
  const { number, event, head } = await open('hostile');
  const value: Value = shown(`${hostile}\u0000`);
  const attribute = { path: hostile, before: value, after: value, setting: hostile };
  const change: Change = {
    address: hostile,
    type: hostile,
    title: hostile,
    kind: 'replace',
    createBeforeDelete: true,
    reasons: [{ text: hostile }, { text: hostile, attribute }],
    attributes: [attribute],
    reach: 'cluster',
    risk: 'critical',
    previousAddress: hostile,
    allowKey: hostile,
    effect: hostile,
  };
  const names = { platform: hostile, scope: hostile, region: hostile };
  const report: ChangeReport = {
    ...sampleReport(names),
    commit: { head, base: hostile, merge: hostile },
    run: { id: '4711', attempt: hostile, url: hostile, actor: hostile },
    verdict: 'blocked',
    changes: [change, { ...change, kind: 'create', risk: 'low' }],
    drift: [change],
    outputs: [{ name: hostile, kind: 'update', before: value, after: value }],
    checks: [
      { id: `allow/${hostile}`, name: hostile, status: 'blocked', message: hostile, remedy: hostile },
      { id: hostile, name: hostile, status: 'failed', message: hostile, remedy: hostile },
      { id: hostile, name: hostile, status: 'blocked', message: hostile, remedy: hostile },
    ],
    differences: [{ what: hostile, path: hostile, expected: hostile, actual: hostile }],
    warnings: [hostile],
    timings: [{ name: hostile, startMs: 0, durationMs: 1 }],
  };
  const reports = await artifacts({
    one: report,
    two: { ...report, action: hostile },
    three: { ...report, region: 'second', verdict: 'failed' },
  });
  const scopes = [hostile, 'second', 'missing'].map(region => ({
    ...place(hostile),
    region,
    title: `${hostile} · ${region}`,
    actions: ['provision-aks'],
    gate: { after: hostile, reviewers: 1, waitMinutes: 1 },
  }));
  const inputs = { platform: hostile, problems: JSON.stringify([hostile]) };
  const result = succeeded(await write({ event }, { scopes, reports, inputs }));
  const [comment, ...others] = ours(number);
  expect(others).toEqual([]);
  expect(result.outputs['verdict']).toBe('incomplete');
  const [check] = github.repository.checkRuns(head);
  for (const markdown of [comment?.body ?? '', result.summary, check?.summary ?? '']) {
    expect(markdown).toContain('evil');
    expect(strangeIn(markdown)).toEqual([]);
    expect(markdown).not.toMatch(/[\p{Cc}--\n]|\u202e/v);
    expect(markdown.match(/^<details>/gm)?.length).toBe(markdown.match(/^<\/details>$/gm)?.length);
  }
  expect(check?.annotations.length).toBeGreaterThan(0);
  for (const { title, message, path } of check?.annotations ?? []) {
    expect(path).toBe('platform.yaml');
    expect(`${title} ${message}`).not.toMatch(/\p{Cc}|\u202e/u);
  }
  for (const line of result.log) {
    expect(line.trimStart()).not.toMatch(/^::/);
    expect(line).not.toMatch(/##\[|\p{Cc}|\u202e/u);
  }
  expect(result.annotations).toEqual([]);
});

describe('what GitHub refuses', () => {
  /** A failed step: what it says once, its whole summary, and no comment. */
  async function refused(branch: string, job: StepJob, inputs: Readonly<Record<string, string>> = {}) {
    const { number, event, head } = await open(branch);
    const reports = await artifacts({ report: planned('dev', head) });
    const result = await write({ event, ...job }, { reports, inputs });
    expect(result.exitCode).toBe(1);
    expect(result.summary).toContain('| dev | +1 | low | open |');
    expect(result.outputs['verdict']).toBe('changes');
    expect(ours(number)).toEqual([]);
    return { result, checks: github.repository.checkRuns(head) };
  }

  test('for want of a permission is told once, with what to add; the rest is done', async () => {
    const permissions = { contents: 'read', actions: 'read', 'pull-requests': 'read', checks: 'write' } as const;
    const { result, checks } = await refused('no-permission', { permissions });
    expect(errors(result)).toEqual([
      expect.stringMatching(/^The token may not comment on pull request \d+: .* Add `pull-requests: write` to /),
    ]);
    expect(checks).toHaveLength(1);
  });

  test('for want of a valid token says what to do', async () => {
    const { result, checks } = await refused('no-token', {}, { 'github-token': 'ghs_expired' });
    expect(errors(result).length).toBeGreaterThan(0);
    for (const message of errors(result))
      expect(message).toContain('Leave out `github-token`, or give one that has not');
    expect(checks).toEqual([]);
    expect(result.log.join('\n')).not.toContain('ghs_expired');
  });

  test('without a pull request there is only the summary', async () => {
    const reports = await artifacts({ report: planned('dev', 'a'.repeat(40)) });
    const asked = requestsFrom(github.world);
    const result = await write({ environment: { GITHUB_SHA: 'a'.repeat(40) } }, { reports });
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(/^This run was started by `push`.*`on: pull_request`/)]);
    expect(result.summary).toContain('| dev | +1 | low | open |');
    expect(asked()).toEqual([]);
  });
});

describe('what passes by itself', () => {
  test('a limit on writes is waited for as GitHub asks', async () => {
    const { number, event, head } = await open('limited');
    const fault = github.world.faults.add({ match: isNewComment, times: 1, answer: secondaryLimit(1) });
    const reports = await artifacts({ report: planned('dev', head) });
    succeeded(await write({ event }, { reports }));
    expect(fault.struck()).toBe(1);
    expect(ours(number)).toHaveLength(1);
  });

  test('a comment that was written although the answer was 502 is found again', async () => {
    const { number, event, head } = await open('broken-answer');
    github.world.faults.add({
      match: isNewComment,
      times: 1,
      answer: {
        call: async request => {
          const { body } = JSON.parse(String(await request.body()));
          github.repository.comment(number, bot, body);
        },
      },
    });
    github.world.faults.add({
      match: isNewComment,
      times: 1,
      answer: { status: 502, body: '<html>Bad Gateway</html>' },
    });
    const reports = await artifacts({ report: planned('dev', head) });
    const result = succeeded(await write({ event }, { reports }));
    expect(ours(number)).toHaveLength(1);
    expect(result.outputs['comment-url']).toContain(String(ours(number)[0]?.id));
  });

  test('a cancelled run does not wait for a limit', async () => {
    const { number, event, head } = await open('cancelled');
    github.world.faults.add({ match: on('GET', api, /\/pulls\/\d+$/), answer: secondaryLimit(150) });
    const reports = await artifacts({ report: planned('dev', head) });
    let cancel = () => {};
    let cancelledAt = Number.NaN;
    const result: StepResult = await write(
      {
        event,
        onStart: running => {
          cancel = running.cancel;
        },
        onLine: line => {
          if (!/ in 2 min/.test(line)) return;
          cancelledAt = performance.now();
          cancel();
        },
      },
      { reports },
    );
    expect(result).toMatchObject({ conclusion: 'cancelled', exitCode: 1 });
    // Before the runner's own SIGTERM, which comes after 7.5 seconds.
    expect(performance.now() - cancelledAt).toBeLessThan(7000);
    expect(errors(result)).toEqual([expect.stringMatching(/^Cancelled\./)]);
    expect(result.summary).toContain('| dev | +1 | low | open |');
    expect(ours(number)).toEqual([]);
  });
});

function isNewComment(request: WorldRequest): boolean {
  return on('POST', api, /\/issues\/\d+\/comments$/)(request);
}

function secondaryLimit(seconds: number): WorldResponse {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
  return json(403, { message }, { 'Retry-After': String(seconds) });
}

describe('runs beside one another', () => {
  /** Two runs of one pull request, of its first and of its newest commit. */
  async function twoRuns(branch: string) {
    const { number, event, head } = await open(branch);
    await github.repository.commit({ branch, message: 'more', author: 'mona', files: { 'more.md': 'more\n' } });
    const newHead = github.repository.pull(number).head.sha;
    const runOf = async (id: string, commit: string, action: typeof event) => {
      const run = { id, attempt: '1', url: 'https://github.com/contoso/platform', actor: 'mona' };
      const reports = await artifacts({ report: planned('dev', commit, { run }) });
      return write({ event: action, runId: id }, { reports });
    };
    return {
      number,
      newHead,
      older: () => runOf('5001', head, event),
      newer: () => runOf('5002', newHead, eventOf(number, 'synchronize')),
    };
  }

  test('that both found no comment leave one, of the newer commit', async () => {
    const { number, newHead, older, newer } = await twoRuns('at-once');
    let arrived = 0;
    let release = () => {};
    const both = new Promise<void>(resolve => {
      release = resolve;
    });
    const fault = github.world.faults.add({
      match: isNewComment,
      answer: {
        call: () => {
          arrived += 1;
          if (arrived === 2) release();
          return both;
        },
      },
    });
    const results = await Promise.all([older(), newer()]);
    for (const result of results) succeeded(result);
    expect(fault.struck()).toBe(2);
    expect(ours(number)).toHaveLength(1);
    expect(ours(number)[0]?.body).toContain(`Plan of \`${newHead.slice(0, 7)}\``);
  });

  test('of which the one with the older commit ends last: the newer plan stays', async () => {
    const { number, newHead, older, newer } = await twoRuns('late');
    succeeded(await newer());
    const [before] = ours(number);
    const late = succeeded(await older());
    expect(late.outputs['outcome']).toBe('kept');
    expect(ours(number)).toEqual([before]);
    expect(before?.body).toContain(`Plan of \`${newHead.slice(0, 7)}\``);
  });
});

test('on a GitHub Enterprise Server only its own host is asked', async () => {
  const host = 'ghes.contoso.example';
  const { proxyUrl, caFile } = github.world;
  const agent = new Agent({ proxyEnv: { HTTPS_PROXY: proxyUrl }, ca: await readFile(caFile) });
  let forwarded = 0;
  github.world.addRoute({
    host,
    handler: request => {
      forwarded += 1;
      return forward(request, agent);
    },
  });
  const { number, event, head } = await open('enterprise');
  const reports = await artifacts({ report: planned('dev', head) });
  const asked = requestsFrom(github.world);
  const environment = { GITHUB_SERVER_URL: `https://${host}`, GITHUB_API_URL: `https://${host}/api/v3` };
  try {
    succeeded(await write({ event, environment }, { reports }));
  } finally {
    agent.destroy();
  }
  expect(ours(number)[0]?.body).toContain(`https://${host}/contoso/platform/actions/runs/4711`);
  const paths = asked().flatMap(entry => (entry.host === host ? [entry.path] : []));
  expect(paths).toHaveLength(forwarded);
  // What api.github.com saw came through that host.
  expect(asked()).toHaveLength(2 * forwarded);
  expect(paths).toContain('/api/graphql');
  expect(paths.filter(path => path !== '/api/graphql' && !path.startsWith('/api/v3/'))).toEqual([]);
});

/** To the sandbox's api.github.com, as an enterprise server would answer by itself. */
async function forward(request: WorldRequest, agent: Agent): Promise<WorldResponse> {
  const path = request.path.replace(/^\/api(\/v3)?/, '');
  const query = String(request.query);
  const body = await request.body();
  const { 'transfer-encoding': _, ...headers } = request.headers;
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(
      {
        agent,
        host: api,
        method: request.method,
        path: query === '' ? path : `${path}?${query}`,
        headers: { ...headers, host: api, 'content-length': body.length },
      },
      async answer => {
        const status = answer.statusCode ?? 0;
        const type = answer.headers['content-type'] ?? 'application/json';
        resolve({ status, headers: { 'content-type': type }, body: await textOf(answer) });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('inputs', () => {
  test('that are wrong are all named at once, and nobody is called', async () => {
    const asked = requestsFrom(github.world);
    const inputs = { command: 'anounce', part: '0', 'github-token': 'two words' };
    const result = await github.run('plan-comment', inputs, {});
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([
      expect.stringMatching(/^input command: is "anounce"\..* Did you mean `announce`\?$/),
      expect.stringMatching(/^input part: is "0"\./),
      expect.stringMatching(/^input github-token: is /),
    ]);
    expect(asked()).toEqual([]);
  });

  test.each([
    ['scopes', { scopes: '[{"scope":1}]' }],
    ['report', { command: 'summary' }],
    ['github-token', { command: 'close', 'github-token': '' }],
  ])('a wrong %s is named', async (name, inputs) => {
    const asked = requestsFrom(github.world);
    const result = await github.run('plan-comment', inputs, {});
    expect(result.exitCode).toBe(1);
    expect(errors(result)).toEqual([expect.stringMatching(new RegExp(`^input ${name}: is `))]);
    expect(asked()).toEqual([]);
  });
});

test('a further part of a summary is written without asking anybody', async () => {
  const changes = Array.from({ length: 4000 }, (_, at) => largeChange(0, at));
  const folder = await artifacts({ report: planned('dev', 'a'.repeat(40), { changes }) });
  const report = join(folder, 'report', 'plan.json');
  const asked = requestsFrom(github.world);
  const parts = await Promise.all(
    ['1', '2', '99'].map(part => github.run('plan-comment', { command: 'summary', report, part, 'github-token': '' })),
  );
  const [first, second, none] = parts.map(part => succeeded(part).summary);
  expect(none).toBe('');
  for (const summary of [first ?? '', second ?? '']) {
    expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(oneMebibyte);
    expect(Buffer.byteLength(summary)).toBeGreaterThan(1000);
  }
  const pools = (summary = '') => new Set(summary.match(/p0x\d+/g));
  expect([...pools(second)].some(pool => !pools(first).has(pool))).toBe(true);
  expect(asked()).toEqual([]);
});
