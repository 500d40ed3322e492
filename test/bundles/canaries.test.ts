import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { asObject } from '@suite/foundation';
import type { StepResult } from '@suite/sandbox';
import { parse } from 'yaml';
import { type BundleWorld, openBundleWorld, succeeded } from '../support/bundle.ts';

/** What an action is given as secret input is found in nothing that it leaves, whatever becomes of it: here it opens nothing. */
const release = join(import.meta.dirname, '..', '..', 'out', 'release');

let sandbox: BundleWorld;
let bundle: Inputs;

type Inputs = Readonly<Record<string, string>>;
type Action = NonNullable<NonNullable<Parameters<BundleWorld['run']>[1]>['action']>;

beforeAll(async () => {
  sandbox = await openBundleWorld();
  const file = join(sandbox.folder, 'bundle.json');
  const { outputs } = succeeded(
    await sandbox.run({ command: 'bundle', bundle: file, 'github-token': 'unused' }, { action: 'promotion-gate' }),
  );
  bundle = { bundle: file, 'bundle-digest': outputs['digest'] ?? '' };
  await writeFile(
    join(sandbox.folder, 'proposals.json'),
    JSON.stringify({ platform: 'contoso', rows: [], differences: [] }),
  );
});
afterAll(() => sandbox.close());

const image = `web=ghcr.io/contoso/web@sha256:${'a'.repeat(64)}`;
const applications = { command: 'base' };

/** What brings each secret input to where it is used, by `action: input`. */
const uses: Readonly<Record<string, () => Inputs>> = {
  'plan-comment: app-key': () => ({
    command: 'update-charts',
    'app-id': 'Iv1.canary',
    'github-token': 'unused',
    proposals: join(sandbox.folder, 'proposals.json'),
  }),
  'plan-comment: github-token': () => ({ command: 'find', commit: 'a'.repeat(40) }),
  'promotion-gate: github-token': () => ({ command: 'check', scope: 'dev', ...bundle }),
  'provision-aks: github-token': () => ({ command: 'unlock', scope: 'shared' }),
  'push-acr: source-password': () => ({ command: 'plan', scope: 'dev', images: image, 'source-username': 'mona' }),
  'resolve-platform: github-token': () => ({}),
  'sync-argocd: gitops-app-key': () => ({ ...applications, 'gitops-app-id': 'Iv1.canary' }),
  'sync-argocd: gitops-token': () => applications,
  'sync-argocd: token': () => ({ command: 'verify', scope: 'dev', server: 'https://argocd.contoso.com' }),
};

/** Inputs whose names say that they are secret, but for the name of a stored plan. */
async function secretInputs(): Promise<string[]> {
  const actions = await readdir(release, { withFileTypes: true });
  const found = await Promise.all(
    actions
      .filter(entry => entry.isDirectory())
      .map(async ({ name }) => {
        const text = await readFile(join(release, name, 'action.yml'), 'utf8').catch(() => '');
        const inputs = Object.keys(asObject(asObject(parse(text))['inputs']));
        return inputs.filter(isSecret).map(input => `${name}: ${input}`);
      }),
  );
  return found.flat().sort();
}

function isSecret(input: string): boolean {
  return /(?:^|-)(?:token|password|key|secret)$/.test(input) && input !== 'plan-key';
}

test('every secret input of every action takes part, and every secret of every workflow is one of them', async () => {
  expect(await secretInputs()).toEqual(Object.keys(uses).sort());
  const workflows = join(release, '.github', 'workflows');
  const given = new Set(['source-username']);
  for (const use of Object.keys(uses)) given.add(use.replace(/^.*: /, ''));
  for (const file of await readdir(workflows)) {
    const { on } = asObject(parse(await readFile(join(workflows, file), 'utf8')));
    const secrets = Object.keys(asObject(asObject(asObject(on)['workflow_call'])['secrets']));
    expect([file, secrets.filter(name => !given.has(name))]).toEqual([file, []]);
  }
});

/** A secret, and the lines by which it is known. */
function canary(input: string): { readonly value: string; readonly lines: readonly string[] } {
  if (!input.endsWith('-key')) {
    const value = `canary-${randomBytes(16).toString('hex')}`;
    return {
      value,
      lines: [value, Buffer.from(value).toString('base64'), Buffer.from(`mona:${value}`).toString('base64')],
    };
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const value = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { value, lines: value.split('\n').filter(line => line !== '' && !line.startsWith('-----')) };
}

/** Everything that a step leaves for people, for later steps and on its machine. */
async function leftBy(
  { log, annotations, outputs, summary }: StepResult,
  machine: string,
): Promise<Map<string, string>> {
  const texts = new Map([
    ['log', log.join('\n')],
    ['annotations', JSON.stringify(annotations)],
    ['outputs', JSON.stringify(outputs)],
    ['summary', summary],
  ]);
  const folder = join(sandbox.folder, 'temp', machine);
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (file.isFile())
      texts.set(join(file.parentPath, file.name), await readFile(join(file.parentPath, file.name), 'utf8'));
  }
  return texts;
}

test.each(Object.entries(uses))('%s', async (use, inputs) => {
  const [action = '', input = ''] = use.split(': ');
  const { value, lines } = canary(input);
  const machine = use.replace(': ', '-');
  const result = await sandbox.run(
    { ...inputs(), [input]: value },
    // A runner that debugs leaves diagnostics.
    { action: action as Action, machine, environment: { RUNNER_DEBUG: '1' } },
  );
  const texts = await leftBy(result, machine);
  expect([...texts.keys()].some(name => name.includes('/diagnostics/'))).toBe(true);
  const shown = [...texts].flatMap(([place, text]) => (lines.some(line => text.includes(line)) ? [place] : []));
  expect({ shown, log: result.log }).toEqual({ shown: [], log: result.log });
});
