import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { StepResult } from '@suite/sandbox';
import { createSigstore } from '../../packages/sandbox/src/github/sigstore.ts';
import { type BundleWorld, errors, openBundleWorld, succeeded } from '../support/bundle.ts';

type Job = Parameters<BundleWorld['world']['github']['issue']>[0];

/** What is signed is the file, with all that is in it. */
const charts = `[{"digest":"sha256:${'c'.repeat(64)}","from":"oci://ghcr.io/a/app","version":"1.0.0"}]`;
const gitops = `[{"branch":"main","commit":"${'d'.repeat(40)}","repository":"contoso/gitops"}]`;
const signer = 'org/actions/.github/workflows/promote.yml';

let sandbox: BundleWorld;
let made: { readonly file: string; readonly digest: string };
let trustedRoot: string;

beforeAll(async () => {
  sandbox = await openBundleWorld(undefined, {
    'platform.yaml': text => text.replace('  dev:\n', '  dev:\n    gate: { attestation: required }\n'),
  });
  const file = join(sandbox.folder, 'handed', 'bundle.json');
  const { outputs } = succeeded(await gate({ command: 'bundle', bundle: file, charts, gitops }));
  const written = await readFile(file, 'utf8');
  for (const part of [charts, gitops]) expect(written).toContain(part);
  expect(outputs).toEqual({ bundle: file, digest: digestOf(await readFile(file)), attest: 'true' });
  made = { file, digest: outputs['digest'] ?? '' };
  trustedRoot = join(sandbox.folder, 'trusted_root.jsonl');
  await writeFile(trustedRoot, `${(await sandbox.world.sigstore()).trustedRoot}\n`);
});
beforeEach(() => rm(attestationOf(made.file), { force: true }));
afterAll(() => sandbox.close());

describe('where the platform file asks for an attestation', () => {
  test('a bundle without one stays out, whatever else it has', async () => {
    expect(await refused(check())).toEqual([
      `This bundle (${made.digest.slice(7, 19)}) has no attestation, which \`gate: attestation:\` of dev asks for. It is made with the bundle where the platform file of that commit asks for it: promote such a commit. Private repositories need GitHub Enterprise Cloud for it; elsewhere take \`attestation\` out of the platform file.`,
    ]);
    succeeded(await check('shared'));
  });

  test('that of the run which made it lets it in, without asking anybody', async () => {
    await attest({});
    const before = sandbox.world.ledger.requests.length;
    const { summary, outputs } = succeeded(await check());
    expect(summary).toContain('### The gate of dev is open');
    expect(JSON.parse(outputs['charts'] ?? '')).toEqual(JSON.parse(charts));
    expect(JSON.parse(outputs['gitops'] ?? '')).toEqual(JSON.parse(gitops));
    expect(summary).toContain('| GitOps when it was made | `contoso/gitops main ddddddd` |');
    const hosts = new Set(sandbox.world.ledger.requests.slice(before).map(({ host }) => host));
    expect([...hosts].filter(host => /sigstore|tuf|githubapp/.test(host))).toEqual([]);
  });

  test('that of a workflow of the team does where the gate is told to', async () => {
    const own = 'contoso/platform/.github/workflows/own.yml';
    await attest({ jobWorkflowRef: `${own}@refs/heads/main` });
    expect(await refused(check())).toEqual([
      expect.stringContaining(`\`${own}@refs/heads/main\` signed it, not \`${signer}\`.`),
    ]);
    succeeded(await check('dev', { 'signer-workflow': own }));
  });

  test('that of a branch of the suite, which nobody has released, does not', async () => {
    await attest({ jobWorkflowRef: `${signer}@refs/heads/side` });
    expect(await refused(check())).toEqual([
      expect.stringContaining(`\`${signer}@refs/heads/side\` signed it, which is no version of it that was released.`),
    ]);
  });

  test.each<readonly [string, Partial<Job>, string]>([
    ['another commit', { sha: 'e'.repeat(40) }, 'it is of commit eeeeeee, not of '],
    ['another branch', { ref: 'refs/heads/side' }, 'it is of refs/heads/side, not of refs/heads/main.'],
    [
      'another repository',
      { repository: 'mallory/platform' },
      'it is of a run in https://github.com/mallory/platform ',
    ],
  ])('that of %s does not', async (_, job, message) => {
    await attest(job);
    expect(await refused(check())).toEqual([expect.stringContaining(message)]);
  });

  test('that of another file does not', async () => {
    await attest({}, { digest: `sha256:${'e'.repeat(64)}` });
    expect(await refused(check())).toEqual([expect.stringContaining('it is of something else.')]);
  });

  test('an altered one does not', async () => {
    await attest({}, { digest: `sha256:${'e'.repeat(64)}` });
    const file = attestationOf(made.file);
    const bundle = JSON.parse(await readFile(file, 'utf8'));
    const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8');
    bundle.dsseEnvelope.payload = Buffer.from(statement.replace('e'.repeat(64), made.digest.slice(7))).toString(
      'base64',
    );
    await writeFile(file, JSON.stringify(bundle));
    expect(await refused(check())).toEqual([
      expect.stringMatching(/ was altered: its signature is not of what it says \(.+\)\. Find out who writes/),
    ]);
  });

  test('one that somebody made with an authority of their own does not', async () => {
    await attest({}, { by: await createSigstore() });
    expect(await refused(check())).toEqual([
      expect.stringContaining(' was signed by nobody that the trusted roots know, or not while that counted ('),
    ]);
  });

  test('what is none is said to be none', async () => {
    await writeFile(attestationOf(made.file), 'none\n');
    expect(await refused(check())).toEqual([expect.stringContaining(' cannot be read: ')]);
  });

  test('trusted roots that cannot be had are said, with what to do', async () => {
    await attest({});
    expect(await refused(check('dev', { 'trusted-root': made.file }))).toEqual([
      `input trusted-root: ${made.file} holds no trusted root. Write it with \`gh attestation trusted-root\`.`,
    ]);
    expect(await refused(check('dev', { 'trusted-root': 'absent.jsonl' }))).toEqual([
      expect.stringContaining('absent.jsonl, which cannot be read. Write it with `gh attestation trusted-root`'),
    ]);
    expect(await refused(check('dev', { 'trusted-root': '' }))).toEqual([
      expect.stringMatching(
        /^The trusted roots at tuf-repo\.github\.com could not be read: .* give `trusted-root`: a file that `gh attestation trusted-root` writes\./,
      ),
    ]);
  });
});

test('where nobody asks for it, none is made', async () => {
  await sandbox.edit('platform.yaml', text => text.replace('    gate: { attestation: required }\n', ''));
  const bundle = join(sandbox.folder, 'plain.json');
  const { outputs } = succeeded(await gate({ command: 'bundle', bundle }));
  expect(Object.keys(outputs).sort()).toEqual(['bundle', 'digest']);
  await sandbox.restore();
});

/** An attestation of the bundle beside it, as the job of the suite's workflow that made it has it, unless it says otherwise. */
async function attest(
  job: Partial<Job>,
  { digest = made.digest, by }: { digest?: string; by?: Awaited<ReturnType<typeof createSigstore>> } = {},
): Promise<void> {
  const token = await sandbox.world.github.issue(
    { ...sandbox.jobOf({}), jobWorkflowRef: `${signer}@refs/tags/v1`, ...job },
    'sigstore',
  );
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'bundle.json', digest: { sha256: digest.slice(7) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {},
  };
  const bundle = await (by ?? (await sandbox.world.sigstore())).attest(statement, token);
  await writeFile(attestationOf(made.file), `${JSON.stringify(bundle)}\n`);
}

function attestationOf(bundle: string): string {
  return join(dirname(bundle), 'attestation.json');
}

function gate(inputs: Readonly<Record<string, string>>): Promise<StepResult> {
  const token = sandbox.world.github.issueToken({
    repository: sandbox.repository.name,
    permissions: { contents: 'read', actions: 'read' },
  });
  return sandbox.run({ 'github-token': token, ...inputs }, { action: 'promotion-gate' });
}

function check(scope = 'dev', inputs: Readonly<Record<string, string>> = {}): Promise<StepResult> {
  return gate({
    command: 'check',
    scope,
    bundle: made.file,
    'bundle-digest': made.digest,
    'trusted-root': trustedRoot,
    ...inputs,
  });
}

async function refused(step: Promise<StepResult>): Promise<string[]> {
  const result = await step;
  expect([result.conclusion, result.outputs]).toEqual(['failure', {}]);
  return errors(result);
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
