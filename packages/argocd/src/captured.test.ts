import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readApplication } from './application.ts';
import { beginWait, judgeApplication, type WaitVerdict } from './wait.ts';

/** Applications as the real Argo CD wrote them (`test/reality/argocd/small-argocd.test.ts`), and where a wait says that they stand. */
const folder = join(import.meta.dirname, 'fixtures');
const stands: Readonly<Record<string, string>> = {
  automated: 'done',
  healed: 'done',
  hooks: 'done',
  'image-override': 'done',
  kustomize: 'done',
  'multi-source': 'done',
  pruned: 'done',
  synced: 'done',
  waves: 'done',
  'whole-after-selective': 'done',
  waiting: 'waits for the sync of gha:contoso/platform: waiting for healthy state of apps/Deployment/web',
  'window-blocked': 'waits for the sync of gha:contoso/platform: Sync operation blocked by sync window',
  'image-pull': 'waits for it to be healthy (progressing)',
  'out-of-sync': 'waits for 2 objects to be synced, which nobody has asked for (its sync policy is manual)',
  selective: 'waits for 1 object to be synced, which nobody has asked for (its sync policy is manual)',
  'prune-skipped': 'waits for 1 object to be synced',
  'hook-retried': 'asks for a refresh',
  'hook-failed': 'hook: the PreSync hook Job app-14/before failed: Job has reached the specified backoff limit.',
  'forbidden-kind': 'resource: ConfigMap app-11/a failed: resource :ConfigMap is not permitted in project app-11.',
  'unknown-kind': 'resource: Widget app-21/a failed: The Kubernetes API could not find example.org/Widget',
  'forbidden-namespace': 'comparison: InvalidSpecError: application destination server',
  'forbidden-repository':
    'comparison: InvalidSpecError: application repo https://github.com/contoso/gitops is not permitted',
  'no-project': 'comparison: InvalidSpecError: Application referencing project app-8 which does not exist.',
  'no-folder': 'comparison: ComparisonError: Failed to load target state',
  'no-branch': 'unseen: Argo CD cannot see the commit: ',
  'no-commit': 'unseen: Argo CD cannot see the commit: ',
  degraded: 'health: it is degraded',
  terminated: 'operation: the sync failed: Operation terminated.',
};
const read = (name: string) => readApplication(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));

/** The verdict once it has stood so for as long as anything is given. */
function judge(name: string): string {
  const application = read(name);
  const expectation = { operation: undefined, pins: application.sources.map(() => undefined) };
  const began = Date.parse('2030-01-01');
  const look = (memory: ReturnType<typeof beginWait>, at: number) =>
    judgeApplication(application, expectation, memory, at, () => undefined);
  const first = look(beginWait(undefined, began), began);
  return described(first.verdict.is === 'failed' ? first.verdict : look(first.memory, began + 120_000).verdict);
}

function described(verdict: WaitVerdict): string {
  switch (verdict.is) {
    case 'waiting':
      return `waits for ${verdict.for}`;
    case 'failed':
      return `${verdict.cause.kind}: ${verdict.cause.message}`;
    case 'act':
      return `asks for a ${verdict.act}`;
    default:
      return verdict.is;
  }
}

describe('captured from the real controller', () => {
  test('each has its line here', () => {
    expect(readdirSync(folder).map(file => file.replace(/\.json$/, ''))).toEqual(Object.keys(stands).sort());
  });

  test.each(Object.entries(stands))('%s: %s', (name, stand) => {
    expect(judge(name).slice(0, stand.length)).toBe(stand);
  });

  test('no single object has its health in the status, as in every version since 3.0', () => {
    for (const name of Object.keys(stands)) {
      expect(read(name).status.resources.filter(({ health }) => health !== undefined)).toEqual([]);
    }
  });
});
