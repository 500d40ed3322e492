import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RunContext } from '@suite/action-kit';
import { CancelledError, UserError } from '@suite/foundation';
import { manualClock } from '@suite/foundation/testing';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import type { RunRequest } from './inputs.ts';
import { perform } from './perform.ts';
import type { Connected, Services } from './ports.ts';
import type { Finding } from './verdict.ts';

const workspace = join(import.meta.dirname, '..', '..', '..', 'examples', 'platform-repository');

const request: RunRequest = {
  command: 'run',
  platformFile: join(workspace, 'platform.yaml'),
  scope: 'dev',
  region: undefined,
  clientId: undefined,
  pool: undefined,
  level: 'quick',
  namespace: undefined,
  image: undefined,
  failOn: ['failed', 'blocked'],
  timeoutMs: 60_000,
  watchesScaleDown: false,
};

/** Whoever the commands work with, and what they were told. */
function world(connect: () => Promise<Connected>) {
  const told = { outputs: {} as Readonly<Record<string, unknown>>, warnings: [] as string[], lines: [] as string[] };
  const summary: string[] = [];
  const services: Services = {
    context: { sha: 'a'.repeat(40), workspace } as RunContext,
    log: {
      info: line => void told.lines.push(line),
      debug: () => undefined,
      notice: () => undefined,
      warning: message => void told.warnings.push(message),
      error: () => undefined,
      group: (_title, work) => work(),
    },
    clock: manualClock(),
    summary: {
      room: async () => 1e6,
      append: async blocks => void summary.push(...blocks),
    },
    signal: new AbortController().signal,
    newRun: () => '0123456789',
    killedRun: undefined,
    remember: () => undefined,
    program: async () => 'print(1)',
    setOutputs: outputs => {
      told.outputs = outputs;
    },
    connect,
    writeReport: async () => '/report.json',
  };
  return { services, told, summary };
}

/** What a request to Azure was given up for, as its adapter tells it. */
const azure = (message: string, cause: object) => new UserError({ message, remedy: 'Look.' }, { cause });

describe('a test that cannot even look at its pools', () => {
  test.each<[string, Error, string]>([
    ['nobody answers', new KubernetesFailure('unreachable', { message: 'no answer' }), 'inconclusive: unknown'],
    ['Azure has too much to do', azure('no answer', { statusCode: 503 }), 'inconclusive: unknown'],
    ['the line is broken', azure('no answer', { code: 'ECONNRESET' }), 'inconclusive: unknown'],
    ['there is no way to sign in', azure('AADSTS700213: no credential', {}), 'blocked: configuration'],
    ['a right over Azure is missing', azure('may not', { statusCode: 403 }), 'blocked: configuration'],
    [
      'a right in the cluster is missing',
      new KubernetesFailure('forbidden', { message: 'no' }),
      'blocked: configuration',
    ],
  ])('%s: `fail-on` decides whether the step fails', async (_name, error, verdict) => {
    const run = async (failOn: RunRequest['failOn']) => {
      const { services, told, summary } = world(() => Promise.reject(error));
      const ended = await perform({ ...request, failOn }, services).then(
        () => 'success',
        (failure: unknown) => failure,
      );
      expect(told.outputs).toMatchObject({ verdict, phases: '{}', nodes: '[]', report: '/report.json' });
      expect(summary.join('\n')).toContain(`### GPUs of dev in westeurope: ${verdict}`);
      return { ended, warnings: told.warnings };
    };
    const isBlocked = verdict.startsWith('blocked');
    expect((await run(['failed', 'blocked'])).ended).toBe(isBlocked ? error : 'success');
    expect((await run(['inconclusive'])).ended).toBe(isBlocked ? 'success' : error);
    const never = await run([]);
    expect(never.ended).toBe('success');
    expect(never.warnings).toEqual([expect.stringContaining(`dev in westeurope: ${verdict}. ${error.message}`)]);
  });

  test('there is no cluster: nothing was applied, and that fails', async () => {
    const connected: Connected = {
      cluster: undefined,
      checkBefore: async () => ({ findings: [], gpusOfSize: undefined }),
      close: () => undefined,
    };
    const { services, told } = world(async () => connected);
    await expect(perform(request, services)).rejects.toThrow(/There is no cluster .*provision-aks/s);
    expect(told.outputs).toMatchObject({ verdict: 'blocked: configuration' });
  });

  test('a cancelled one has failed whatever is wished', async () => {
    const { services, told } = world(() => Promise.reject(new CancelledError('cancelled')));
    await expect(perform({ ...request, failOn: [] }, services)).rejects.toThrow(CancelledError);
    expect(told.outputs).toMatchObject({ verdict: 'inconclusive: interrupted' });
  });

  test('a defect of ours is reported as one, without a verdict', async () => {
    const { services, told } = world(() => Promise.reject(new TypeError('ours')));
    await expect(perform(request, services)).rejects.toThrow(TypeError);
    expect(told.outputs).toEqual({});
  });
});

describe('what is known before', () => {
  /** A cluster in which nothing is, and nothing may be made. */
  const cluster = {
    get: async () => undefined,
    listMetadata: async () => [],
    apply: async () => {
      throw new Error('Something was made.');
    },
  } as unknown as Cluster;

  test.each<[string, Finding[], string]>([
    [
      'a pool that may have no node',
      [
        {
          check: 'Nodes at most',
          level: 'bad',
          verdict: { kind: 'blocked', cause: 'configuration' },
          evidence: 'Its maximum is 0.',
          remedy: 'Set `max` to 1 or more.',
        },
        { check: 'Level', level: 'warning', evidence: 'Its speed has no measure.', remedy: 'Use `level: quick`.' },
      ],
      'blocked: configuration',
    ],
  ])('%s: it is said with its remedy, and nothing is made', async (_name, findings, verdict) => {
    const { services, told } = world(async () => ({
      cluster,
      checkBefore: async () => ({ findings, gpusOfSize: 1 }),
      close: () => undefined,
    }));
    await expect(perform(request, services)).rejects.toThrow('Its maximum is 0. Set `max` to 1 or more.');
    expect(told.outputs).toMatchObject({ verdict });
    // In the log at once, not only in the summary of a test that takes a quarter of an hour.
    expect(told.lines.slice(1)).toEqual([
      'gpu, Nodes at most: Its maximum is 0. Set `max` to 1 or more.',
      'gpu, Level: Its speed has no measure. Use `level: quick`.',
      'gpu: nothing was made, because it cannot come right',
    ]);
  });
});
