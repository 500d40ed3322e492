import { describe, expect, test } from '@jest/globals';
import { viewOf } from './releases/examples.fixture.ts';
import { verifyInterfaces } from './verify-interfaces.ts';
import type { Visit } from './visit.ts';

const signal = new AbortController().signal;
const routed = (issuer: string, more = '') =>
  viewOf('guide', 'dev', `  releases: { routes: { grafana: true${more} }, gateway: { issuer: ${issuer} } }`);

async function verified(view: ReturnType<typeof viewOf>, answer: (url: string) => Visit) {
  const asked: string[] = [];
  const visit = async (url: string) => {
    asked.push(url);
    return answer(url);
  };
  return { ...(await verifyInterfaces(view, { visit, signal })), asked };
}

test('every interface with a route is asked under its name, without signing in', async () => {
  const { asked, differences, checks } = await verified(routed('letsencrypt-prod', ', prometheus: true'), () => ({
    is: 'answered',
    status: 200,
  }));
  expect(asked).toEqual([
    'https://argocd.dev.platform.contoso.com/healthz',
    'https://grafana.dev.platform.contoso.com/api/health',
    'https://prometheus.dev.platform.contoso.com/-/ready',
  ]);
  expect(differences).toEqual([]);
  expect(checks.map(({ id, status, message }) => [id, status, message])).toEqual([
    ['release/routes/argocd', 'passed', 'It answers with 200.'],
    ['release/routes/grafana', 'passed', 'It answers with 200.'],
    ['release/routes/prometheus', 'passed', 'It answers with 200.'],
  ]);
});

test('without routes nobody is asked', async () => {
  const { asked, checks } = await verified(viewOf('guide', 'dev'), () => ({ is: 'unreachable', why: 'x' }));
  expect({ asked, checks }).toEqual({ asked: [], checks: [] });
});

describe('what is not an answer', () => {
  const untrusted: Visit = { is: 'untrusted', why: 'DEPTH_ZERO_SELF_SIGNED_CERT' };
  test.each<[string, string, Visit, string, readonly string[]]>([
    ['a gateway without pods', 'letsencrypt-prod', { is: 'answered', status: 503 }, 'failed', ['an answer with 503']],
    [
      'a route that is not there',
      'letsencrypt-prod',
      { is: 'answered', status: 404 },
      'failed',
      ['an answer with 404'],
    ],
    [
      'a certificate that should be trusted',
      'letsencrypt-prod',
      untrusted,
      'failed',
      ['a certificate that nobody trusts (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    ],
    ['one that nobody promised', 'letsencrypt-staging', untrusted, 'unknown', []],
    ['one of its own', 'selfsigned', untrusted, 'unknown', []],
    ['a name that leads nowhere', 'letsencrypt-prod', { is: 'unreachable', why: 'ENOTFOUND' }, 'unknown', []],
  ])('%s (%s)', async (_case, issuer, visit, status, actual) => {
    const found = await verified(routed(issuer, ', argo-cd: false'), () => visit);
    expect(found.checks.map(check => check.status)).toEqual([status]);
    expect(found.differences.map(difference => difference.actual)).toEqual(actual);
    // Never healthy by not knowing.
    expect(found.checks.some(check => check.status === 'passed')).toBe(false);
  });
});
