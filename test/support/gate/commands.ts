import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ChangeReport } from '@suite/change-report';
import { canonicalJson } from '@suite/foundation';
import type { Permissions, StepResult } from '@suite/sandbox';
import { sampleReport } from '../../../packages/change-report/src/testing/samples.ts';
import { type BundleWorld, errors, succeeded } from '../bundle.ts';
import { commits, openWorld, runUrl, sandbox } from './world.ts';

/** The bundle of the promoted commit. */
export let promoted: MadeBundle;

/** For `beforeAll` of a test file. */
export async function openGate(): Promise<void> {
  await openWorld();
  promoted = await makeBundle(commits.promoted);
}

export function closeGate(): Promise<void> {
  return sandbox.close();
}

export type Inputs = Readonly<Record<string, string>>;

export interface MadeBundle {
  readonly file: string;
  readonly digest: string;
}

export type RunOptions = NonNullable<Parameters<BundleWorld['run']>[1]>;

export interface Options extends RunOptions {
  /** Of the token; what stage.yml grants for these commands by default. */
  readonly permissions?: Permissions;
  /** What the report of the apply says otherwise. */
  readonly report?: Partial<ChangeReport>;
  readonly inputs?: Inputs;
}

/** The shipped bundle as a job at the promoted commit. */
export function gate(inputs: Inputs, options: Options = {}): Promise<StepResult> {
  const { permissions = { contents: 'read', actions: 'read' }, environment, report: _, inputs: __, ...rest } = options;
  const token = sandbox.world.github.issueToken({ repository: sandbox.repository.name, permissions });
  return sandbox.run(
    { 'github-token': token, ...inputs },
    { action: 'promotion-gate', environment: { GITHUB_SHA: commits.promoted, ...environment }, ...rest },
  );
}

export function check(scope: string, inputs: Inputs = {}, options: Options = {}): Promise<StepResult> {
  return gate({ command: 'check', scope, ...handed(promoted), ...inputs }, options);
}

/** With the report of an apply that went well. */
export async function record(scope: string, inputs: Inputs = {}, options: Options = {}): Promise<StepResult> {
  const { GITHUB_RUN_ID: id = '4711' } = options.environment ?? {};
  const report = { ...applied(scope, inputs['region'] ?? 'westeurope', id), ...options.report };
  const file = await writeFileOf(JSON.stringify(report));
  return gate({ command: 'record', scope, reports: file, ...handed(promoted), ...inputs }, options);
}

export async function readLedger(inputs: Inputs = {}) {
  const { outputs, summary, log } = succeeded(
    await gate({ command: 'ledger', ledger: join(sandbox.folder, 'ledger.json'), ...inputs }),
  );
  return { ...JSON.parse(await readFile(outputs['ledger'] ?? '', 'utf8')), summary, log };
}

export function handed({ file, digest }: MadeBundle): Inputs {
  return { bundle: file, 'bundle-digest': digest };
}

/** The error annotations of a step that failed without any output. */
export async function refused(step: StepResult | Promise<StepResult>): Promise<string[]> {
  const result = await step;
  expect([result.conclusion, result.exitCode]).toEqual(['failure', 1]);
  expect(result.outputs).toEqual({});
  return errors(result);
}

export function applied(scope: string, region: string, id = '4711'): ChangeReport {
  return sampleReport({
    command: 'apply',
    verdict: 'applied',
    scope,
    region,
    commit: { head: commits.promoted },
    run: { id, attempt: '1', url: `${runUrl}/${id}`, actor: 'mona' },
  });
}

let files = 0;

export async function writeFileOf(text: string): Promise<string> {
  const file = join(sandbox.folder, `file-${++files}.json`);
  await writeFile(file, text);
  return file;
}

export async function writeBundle(text: string): Promise<MadeBundle> {
  return { file: await writeFileOf(text), digest: digestOf(text) };
}

/** By the command itself, which is told where to write. */
export async function makeBundle(commit: string, { inputs = {}, environment = {} }: Options = {}): Promise<MadeBundle> {
  const file = join(sandbox.folder, `bundle-${++files}.json`);
  const made = await gate(
    { command: 'bundle', bundle: file, ...inputs },
    { environment: { GITHUB_SHA: commit, ...environment }, permissions: {} },
  );
  const { outputs } = succeeded(made);
  expect(outputs).toEqual({ bundle: file, digest: digestOf(await readFile(file)) });
  return { file, digest: outputs['digest'] ?? '' };
}

export function bundleAt(commit: string) {
  return {
    schema: 'bundle/v1',
    repository: { name: 'contoso/platform', id: '701234567' },
    platform: 'contoso',
    file: 'platform.yaml',
    commit,
    images: [],
    suite: { repository: 'org/actions', ref: 'v1' },
  };
}

/** As the command makes it, without a file. */
export function bundleOf(commit: string): Pick<MadeBundle, 'digest'> & { readonly text: string } {
  const text = canonicalJson(bundleAt(commit));
  return { text, digest: digestOf(text) };
}

export function digestOf(bytes: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

export function short(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + 12);
}

/** Without what keeps GitHub from finding references. */
export function asRead(summary: string): string {
  return summary.replaceAll('&#8203;', '');
}
