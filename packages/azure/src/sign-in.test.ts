import { describe, expect, test } from '@jest/globals';
import { describeProblem } from '@suite/foundation';
import { readClaims } from './assertion.ts';
import { clouds } from './clouds.ts';
import { describeSignInFailure, type SignInFacts } from './sign-in.ts';
import { fakeJwt } from './testing/fake-azure.ts';

const facts: SignInFacts = {
  identity: { name: 'apply identity of environment prod', clientId: 'c1' },
  tenant: 't1',
  cloud: clouds.public,
  presented: undefined,
};
const issuer = 'https://token.actions.githubusercontent.com';

/** As the provider quoted it (recorded). */
const recorded =
  'building account: could not acquire access token to parse claims: clientCredentialsToken: received HTTP status 401 with response: {"error":"invalid_client","error_description":"AADSTS700213: No matching federated identity record found for presented assertion subject \'repo:octo-org/platform:environment:dev\'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. Trace ID: 00000000-0000-0000-0000-0000000000f1 Correlation ID: 00000000-0000-0000-0000-0000000000f2 Timestamp: 2026-11-23 05:00:00Z","error_codes":[700213]}';
const expired =
  'received HTTP status 401 with response: {"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-11-23T05:00:00.0000000Z, assertion valid from 2026-11-23T04:50:00.0000000Z, expiry time of assertion 2026-11-23T04:55:00.0000000Z. Trace ID: 0"}';

describe('describeSignInFailure', () => {
  test.each([
    'repo:octo-org/platform:environment:prod',
    'repo:octo-org@123/platform@456:environment:prod',
    'repository_owner:octo-org:job_workflow_ref:octo-org/actions/.github/workflows/stage.yml@refs/heads/main',
  ])('the subject %s is shown as GitHub presented it', subject => {
    const presented = readClaims(fakeJwt({ sub: subject, iss: issuer, aud: clouds.public.audience }));
    const { message } = describeSignInFailure(recorded, { ...facts, presented });
    expect(message).toContain(`presented the subject \`${subject}\``);
    expect(message).toContain(`issuer \`${issuer}\`, subject \`${subject}\`, audience \`api://AzureADTokenExchange\``);
    expect(message).toContain('The apply identity of environment prod (client id c1)');
  });

  test('without the token the subject comes from the answer', () => {
    expect(describeSignInFailure(recorded, facts).message).toContain('`repo:octo-org/platform:environment:dev`');
  });

  test.each([
    [
      'AADSTS700211: No matching federated identity record found for presented assertion issuer',
      'no federated credential',
    ],
    [
      "AADSTS700016: Application with identifier 'c1' was not found in the directory 'x'.",
      'tenant t1 has no application',
    ],
    ["AADSTS90002: Tenant 't1' not found.", 'knows no tenant t1. Correct `tenant`'],
    [expired, 'expiry time of assertion 2026-11-23T04:55:00.0000000Z). Check the runner'],
    ['AADSTS7000112: Application is disabled.', 'the application is disabled'],
    ['AADSTS53003: Access has been blocked by Conditional Access policies. Trace ID: 1', 'policies (AADSTS53003).'],
    ['something else', 'something else.'],
  ])('%s', (text, expected) => {
    expect(describeProblem(describeSignInFailure(text, facts))).toContain(expected);
  });

  test('the audience is that of the cloud', () => {
    const { message } = describeSignInFailure(recorded, { ...facts, cloud: clouds.usgovernment });
    expect(message).toContain('audience `api://AzureADTokenExchangeUSGov`');
  });

  test('hostile text is harmless and bounded', () => {
    const presented = { subject: `\u001b[31m${'x'.repeat(9999)}\u202e\n`, issuer, audience: 'a' };
    const { message } = describeSignInFailure(recorded, { ...facts, presented });
    expect(message.length).toBeLessThan(2500);
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

test.each(['', 'x', 'a.b.c', `a.${Buffer.from('[]').toString('base64url')}.c`, fakeJwt({ sub: 1 })])(
  'no claims in %j',
  text => {
    expect(readClaims(text)).toBeUndefined();
  },
);
