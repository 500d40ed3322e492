import { expect, test } from '@jest/globals';
import type { Attestation, Verdict } from '@suite/attestation';
import { type Expected, judgeAttestation } from './judge-attestation.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const signer = 'org/actions/.github/workflows/promote.yml';
const expected: Expected = {
  environment: 'prod',
  digest,
  commit: '2'.repeat(40),
  repository: 'contoso/platform',
  repositoryId: '701234567',
  ref: 'refs/heads/main',
  signer,
  suite: { repository: 'org/actions', ref: 'v1.4.0' },
};
const right: Attestation = {
  claims: {
    issuer: 'https://token.actions.githubusercontent.com',
    signer: `https://github.com/${signer}@refs/tags/v1`,
    repositoryId: '701234567',
    repository: 'https://github.com/contoso/platform',
    commit: '2'.repeat(40),
    ref: 'refs/heads/main',
    run: 'https://github.com/contoso/platform/actions/runs/1/attempts/1',
  },
  predicateType: 'https://slsa.dev/provenance/v1',
  subjects: ['a'.repeat(64)],
};
const unverified = (reason: 'unreadable' | 'altered' | 'untrusted'): Verdict => ({
  unverified: { reason, detail: 'so it is' },
});
const claiming = (claims: Partial<Attestation['claims']>): Verdict => ({
  attestation: { ...right, claims: { ...right.claims, ...claims } },
});

test('one that says all that it has to lets the bundle in, whatever lies beside it', () => {
  expect(judgeAttestation([{ attestation: right }], expected)).toBeUndefined();
  expect(judgeAttestation([unverified('altered'), { attestation: right }], expected)).toBeUndefined();
});

const signedAt = (ref: string, by = signer) => claiming({ signer: `https://github.com/${by}@${ref}` });
const byTeam = 'contoso/platform/.github/workflows/bundle.yml';

test.each<readonly [string, Verdict, Partial<Expected>]>([
  ['a version, whichever', signedAt('refs/tags/v1.3.9'), {}],
  ['a tag of another kind at which it runs', signedAt('refs/tags/next'), { suite: { ...expected.suite, ref: 'next' } }],
  ['the branch at which it runs', signedAt('refs/heads/main'), { suite: { ...expected.suite, ref: 'main' } }],
  ['the commit at which it runs', signedAt('5'.repeat(40)), { suite: { ...expected.suite, ref: '5'.repeat(40) } }],
  ['the branch that promotes, in the team’s own repository', signedAt('refs/heads/main', byTeam), { signer: byTeam }],
  ['the one that is named', signedAt('refs/heads/next'), { signer: `${signer}@refs/heads/next` }],
])('a workflow at %s may sign', (_, verdict, more) => {
  expect(judgeAttestation([verdict], { ...expected, ...more })).toBeUndefined();
});

test.each<readonly [string, Verdict, Partial<Expected>]>([
  ['a branch', signedAt('refs/heads/v1'), {}],
  ['a tag that is no version', signedAt('refs/tags/v1-mine'), {}],
  ['a commit, which may be of a fork', signedAt('6'.repeat(40)), {}],
  [
    'the ref of the suite, in a third repository',
    signedAt('refs/heads/main', 'eve/actions/.github/workflows/p.yml'),
    {
      signer: 'eve/actions/.github/workflows/p.yml',
      suite: { ...expected.suite, ref: 'main' },
    },
  ],
  [
    'a branch of the team’s own repository that nobody promotes',
    signedAt('refs/heads/side', byTeam),
    { signer: byTeam },
  ],
  [
    'a version of the team’s own repository, on a run of its branch',
    signedAt('refs/tags/v1', byTeam),
    { signer: byTeam },
  ],
  ['another ref than the one that is named', signedAt('refs/tags/v1'), { signer: `${signer}@refs/heads/next` }],
])('a workflow at %s may not', (_, verdict, more) => {
  const problem = judgeAttestation([verdict], { ...expected, ...more });
  expect(problem?.message).toMatch(
    /signed it, (?:which is no version of it that was released|not that of `refs\/heads\/next`)\.$/,
  );
});

test.each<readonly [string, readonly Verdict[], string]>([
  ['none', [], 'This bundle (aaaaaaaaaaaa) has no attestation, which `gate: attestation:` of prod asks for.'],
  ['one that nobody can read', [unverified('unreadable')], 'cannot be read: so it is'],
  ['an altered one', [unverified('altered')], 'was altered: its signature is not of what it says (so it is).'],
  ['one of nobody', [unverified('untrusted')], 'was signed by nobody that the trusted roots know'],
  ['one of another bundle', [{ attestation: { ...right, subjects: ['b'.repeat(64)] } }], 'it is of something else.'],
  [
    'another kind',
    [{ attestation: { ...right, predicateType: 'https://spdx.dev/Document' } }],
    'it says `https://spdx.dev/Document`, not `https://slsa.dev/provenance/v1`.',
  ],
  [
    'another issuer',
    [claiming({ issuer: 'https://accounts.example.com' })],
    'a token of `https://accounts.example.com`, not of GitHub Actions.',
  ],
  [
    'another workflow',
    [claiming({ signer: `https://github.com/org/actions/.github/workflows/promote.yml.evil.yml@refs/heads/main` })],
    '`org/actions/.github/workflows/promote.yml.evil.yml@refs/heads/main` signed it, not `org/actions/.github/workflows/promote.yml`.',
  ],
  [
    'another repository of the same name',
    [claiming({ repositoryId: '1' })],
    'it is of a run in https://github.com/contoso/platform (id 1), not in contoso/platform (id 701234567).',
  ],
  ['another commit', [claiming({ commit: '3'.repeat(40) })], 'it is of commit 3333333, not of 2222222.'],
  ['another branch', [claiming({ ref: 'refs/heads/side' })], 'it is of refs/heads/side, not of refs/heads/main.'],
])('%s keeps it out', (_, verdicts, message) => {
  const problem = judgeAttestation(verdicts, expected);
  expect(problem?.message).toContain(message);
  expect(problem?.remedy).toEqual(expect.any(String));
});
