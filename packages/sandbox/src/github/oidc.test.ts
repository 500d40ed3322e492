import { beforeEach, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { manualClock } from '../azure/testing.ts';
import { makeRequest } from '../network/http.ts';
import { createOidc, issuer, type Oidc } from './oidc.ts';
import type { Job, SubjectForm } from './subject.ts';

const job: Job = {
  repository: 'octo-org/platform',
  ref: 'refs/heads/main',
  sha: 'a'.repeat(40),
  event: 'push',
  workflowRef: 'octo-org/platform/.github/workflows/promote.yml@refs/heads/main',
  jobWorkflowRef: 'org/actions/.github/workflows/stage.yml@refs/tags/v1',
  runId: '7',
  runAttempt: 2,
  actor: 'octocat',
};

let clock: ReturnType<typeof manualClock>;
let seconds: number;
let oidc: Oidc;

beforeEach(async () => {
  clock = manualClock();
  seconds = 300;
  oidc = await createOidc({ clock, expirySeconds: () => seconds, onIssued: () => undefined });
});

const ask = async (url: string, token: string) => {
  const answer = await oidc.tokenHandler(makeRequest('GET', url, { headers: { authorization: `Bearer ${token}` } }));
  return { status: answer.status, ...JSON.parse(String(answer.body)) };
};

describe('subjects', () => {
  const forms: [string, SubjectForm, Partial<Job>, string][] = [
    ['classic', { immutable: false }, { environment: 'dev' }, 'repo:octo-org/platform:environment:dev'],
    ['classic', { immutable: false }, {}, 'repo:octo-org/platform:ref:refs/heads/main'],
    [
      'classic',
      { immutable: false },
      { event: 'pull_request', ref: 'refs/pull/7/merge' },
      'repo:octo-org/platform:pull_request',
    ],
    [
      'an environment before a pull request',
      { immutable: false },
      { event: 'pull_request', environment: 'dev' },
      'repo:octo-org/platform:environment:dev',
    ],
    ['a colon in a name', { immutable: false }, { environment: 'a:b' }, 'repo:octo-org/platform:environment:a%3Ab'],
    ['immutable', { immutable: true }, { environment: 'dev' }, 'repo:octo-org@22/platform@11:environment:dev'],
    [
      'customised',
      { immutable: false, claims: ['repo', 'context', 'job_workflow_ref'] },
      {},
      'repo:octo-org/platform:ref:refs/heads/main:job_workflow_ref:org/actions/.github/workflows/stage.yml@refs/tags/v1',
    ],
    [
      'customised, ids stay',
      { immutable: true, claims: ['repository_owner', 'repo'] },
      {},
      'repository_owner:octo-org:repo:octo-org@22/platform@11',
    ],
  ];
  test.each(forms)('%s', async (_, subject, more, expected) => {
    oidc.registerRepository({ name: 'octo-org/platform', id: '11', ownerId: '22', subject });
    expect(oidc.subjectFor({ ...job, ...more })).toBe(expected);
    expect(decodeJwt(await oidc.issue({ ...job, ...more }, 'x')).sub).toBe(expected);
  });
});

describe('tokens', () => {
  test('carry the claims of GitHub and verify against the published keys', async () => {
    const { url, token } = oidc.requestFor({ ...job, environment: 'dev' });
    expect(url).toMatch(/^https:\/\/pipelines\.actions\.githubusercontent\.com\/.*\/idtoken\?api-version=2\.0$/);
    const { status, value } = await ask(`${url}&audience=api://AzureADTokenExchange`, token);
    expect(status).toBe(200);
    const keys = JSON.parse(String((await oidc.issuerHandler(makeRequest('GET', `${issuer}/.well-known/jwks`))).body));
    const options = { issuer, audience: 'api://AzureADTokenExchange', currentDate: new Date(clock.now()) };
    const { payload } = await jwtVerify(value, createLocalJWKSet(keys), options);
    expect(payload).toMatchObject({
      repository: 'octo-org/platform',
      repository_owner: 'octo-org',
      ref: 'refs/heads/main',
      sha: job.sha,
      environment: 'dev',
      event_name: 'push',
      run_id: '7',
      run_attempt: '2',
      actor: 'octocat',
      workflow_ref: job.workflowRef,
      job_workflow_ref: job.jobWorkflowRef,
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    const configuration = await oidc.issuerHandler(makeRequest('GET', `${issuer}/.well-known/openid-configuration`));
    expect(JSON.parse(String(configuration.body))).toMatchObject({ issuer, jwks_uri: `${issuer}/.well-known/jwks` });
  });

  test('the query may come in another order, and without audience it is the owner', async () => {
    const { url, token } = oidc.requestFor(job);
    const sorted = url.replace('?', '?audience=x&');
    expect(decodeJwt((await ask(sorted, token)).value).aud).toBe('x');
    expect(decodeJwt((await ask(url, token)).value).aud).toBe('https://github.com/octo-org');
  });

  test('only the job itself gets one', async () => {
    const { url } = oidc.requestFor(job);
    expect(await ask(url, 'guessed')).toMatchObject({ status: 401 });
  });

  test('one is used again for some seconds, never when tokens live shorter', async () => {
    const { url, token } = oidc.requestFor(job);
    const { value } = await ask(url, token);
    expect((await ask(url, token)).value).toBe(value);
    clock.advance(4000);
    expect((await ask(url, token)).value).not.toBe(value);
    seconds = 2;
    clock.advance(4000);
    const short = (await ask(url, token)).value;
    expect((await ask(url, token)).value).not.toBe(short);
  });
});
