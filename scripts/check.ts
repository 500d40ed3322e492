/**
 * Format, lint, types, direction of dependencies, workflow lint, Terraform format, generated docs: all of them, side by
 * side, and every finding at once. Linters that are missing are skipped loudly; `REQUIRE_LINTERS=1` (CI) makes that an error.
 */
import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { staleDocs } from './docs.ts';
import { brokenLinks } from './links.ts';

const root = join(import.meta.dirname, '..');
const strict = process.env['REQUIRE_LINTERS'] === '1';

interface Check {
  readonly name: string;
  /** Program and arguments; the program is looked up on PATH. */
  readonly command: readonly [string, ...string[]];
  /** How to get the program, for those that the workspace does not bring. */
  readonly install?: string;
  /** Whole lines of output that are no findings. One that no longer occurs is a finding itself: it can go. */
  readonly ignore?: readonly RegExp[];
}

const checks: readonly Check[] = [
  { name: 'format and lint', command: ['biome', 'ci', '--error-on-warnings', '--colors=off', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  {
    name: 'dependency direction',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'actions', 'packages', 'scripts', 'test', 'bench'],
  },
  {
    name: 'terraform format',
    command: ['terraform', 'fmt', '-check', '-recursive', 'actions/provision-aks/terraform'],
    install: 'Terraform 1.11 or newer',
  },
  {
    name: 'actionlint',
    command: ['actionlint', '-no-color', '-oneline'],
    install: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
    // What 1.7.12 does not know yet: GitHub's words of July and May 2026.
    ignore: [
      /^\.github\/workflows\/[a-z-]+\.yml:\d+:\d+: specifying action "\$\/[a-z-]+" in invalid format because ref is missing\. available formats are "\{owner\}\/\{repo\}@\{ref\}" or "\{owner\}\/\{repo\}\/\{path\}@\{ref\}" \[action\]$/,
      /^\.github\/workflows\/[a-z-]+\.yml:\d+:\d+: reusable workflow call "\$\/\.github\/workflows\/[a-z-]+\.yml" at "uses" is not following the format "owner\/repo\/path\/to\/workflow\.yml@ref" nor "\.\/path\/to\/workflow\.yml"\. see https:\/\/docs\.github\.com\/en\/actions\/learn-github-actions\/reusing-workflows for more details \[workflow-call\]$/,
      /^\.github\/workflows\/[a-z-]+\.yml:\d+:\d+: unexpected key "queue" for "concurrency" section\. expected one of "cancel-in-progress", "group" \[syntax-check\]$/,
    ],
  },
  {
    name: 'actionlint (example)',
    command: [
      'actionlint',
      '-no-color',
      '-config-file',
      'examples/platform-repository/.github/actionlint.yaml',
      'examples/platform-repository/.github/workflows/bootstrap.yml',
      'examples/platform-repository/.github/workflows/unlock.yml',
      'examples/platform-repository/.github/workflows/destroy.yml',
      'examples/platform-repository/.github/workflows/drift.yml',
      'examples/platform-repository/.github/workflows/gpu-smoke.yml',
      'examples/platform-repository/.github/workflows/platform.yml',
      'examples/platform-repository/.github/workflows/versions.yml',
      'examples/platform-repository/.github/workflows/promote.yml',
      'examples/platform-repository/.github/workflows/rollback.yml',
    ],
    install: 'go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.12',
  },
  {
    name: 'zizmor',
    command: ['zizmor', '--offline', '--no-progress', '--persona=auditor', '.github', 'actions', 'examples'],
    install: 'pip install zizmor==1.32.0',
  },
];

const outcomes = await Promise.all(checks.map(run));
const stale = await staleDocs();
outcomes.push({
  name: 'generated docs',
  state: stale.length === 0 ? 'ok' : 'failed',
  detail: stale.map(file => `${file} is out of date: run \`npx pnpm@12 generate\``).join('\n'),
});
const broken = await brokenLinks(root);
outcomes.push({ name: 'links of pages', state: broken.length === 0 ? 'ok' : 'failed', detail: broken.join('\n') });
for (const outcome of outcomes) {
  console.log(
    `${outcome.state === 'ok' ? '✓' : outcome.state === 'skipped' ? '!' : '✗'} ${outcome.name}${outcome.state === 'skipped' ? ' SKIPPED' : ''}`,
  );
  if (outcome.detail !== '') console.log(outcome.detail.replace(/^/gm, '    '));
}
process.exitCode = outcomes.some(outcome => outcome.state === 'failed') ? 1 : 0;

interface Outcome {
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
}

async function run(check: Check): Promise<Outcome> {
  const [program, ...args] = check.command;
  if (check.install !== undefined && !(await onPath(program))) {
    const state = strict ? 'failed' : 'skipped';
    return { name: check.name, state, detail: `${program} is not installed: ${check.install}` };
  }
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', chunk => output.push(chunk));
    child.stderr.on('data', chunk => output.push(chunk));
    child.on('error', reject);
    child.on('close', code => {
      const text = Buffer.concat(output).toString('utf8').trim();
      if (check.ignore === undefined) {
        resolve({ name: check.name, state: code === 0 ? 'ok' : 'failed', detail: code === 0 ? '' : text });
      } else resolve({ name: check.name, ...withoutIgnored(text, check.ignore) });
    });
  });
}

function withoutIgnored(text: string, ignore: readonly RegExp[]): Omit<Outcome, 'name'> {
  const lines = text.split('\n').filter(line => line !== '');
  const findings = lines.filter(line => !ignore.some(pattern => pattern.test(line)));
  for (const pattern of ignore) {
    if (!lines.some(line => pattern.test(line)))
      findings.push(`This is no longer found and need not be ignored: ${pattern}`);
  }
  return { state: findings.length === 0 ? 'ok' : 'failed', detail: findings.join('\n') };
}

async function onPath(program: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const found = await access(join(folder, program)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
