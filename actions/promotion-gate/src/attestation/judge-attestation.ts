import type { Verdict } from '@suite/attestation';
import type { Problem } from '@suite/foundation';
import { short } from '../conditions.ts';

/** What an attestation has to say of a bundle that enters. */
export interface Expected {
  readonly environment: string;
  readonly digest: string;
  readonly commit: string;
  readonly repository: string;
  /** GitHub's id of it. */
  readonly repositoryId: string;
  /** Ref of the run that promotes. */
  readonly ref: string;
  /** The only workflow that may sign: `org/actions/.github/workflows/promote.yml`, or one ref of it, with `@refs/tags/v1` after it. */
  readonly signer: string;
  /** The suite that judges: its repository, and the tag, branch or commit at which it runs. */
  readonly suite: { readonly repository: string; readonly ref: string };
}

const provenance = 'https://slsa.dev/provenance/v1';
const issuer = 'https://token.actions.githubusercontent.com';
const server = 'https://github.com';
const versionTag = /^refs\/tags\/v\d+(?:\.\d+){0,2}$/;

/** Why none of the attestations that lie beside a bundle lets it in; undefined where one does. Pure. */
export function judgeAttestation(verdicts: readonly Verdict[], expected: Expected): Problem | undefined {
  const problems = verdicts.map(verdict => problemOf(verdict, expected));
  if (problems.some(problem => problem === undefined)) return undefined;
  return problems[0] ?? absent(expected);
}

function absent({ environment, digest }: Expected): Problem {
  return {
    message: `This bundle (${short(digest)}) has no attestation, which \`gate: attestation:\` of ${environment} asks for.`,
    remedy:
      'It is made with the bundle where the platform file of that commit asks for it: promote such a commit. Private repositories need GitHub Enterprise Cloud for it; elsewhere take `attestation` out of the platform file.',
  };
}

function problemOf(verdict: Verdict, expected: Expected): Problem | undefined {
  const about = `The attestation of this bundle (${short(expected.digest)})`;
  if ('unverified' in verdict) {
    const { reason, detail } = verdict.unverified;
    switch (reason) {
      case 'unreadable':
        return { message: `${about} cannot be read: ${detail}`, remedy: 'Make the bundle again: re-run all jobs.' };
      case 'altered':
        return {
          message: `${about} was altered: its signature is not of what it says (${detail}).`,
          remedy:
            'Find out who writes into the artifacts of this run. `gh attestation verify` shows what GitHub has of the bundle.',
        };
      case 'untrusted':
        return {
          message: `${about} was signed by nobody that the trusted roots know, or not while that counted (${detail}).`,
          remedy:
            'Where `trusted-root` names a file, write it anew with `gh attestation trusted-root`: authorities are renewed about once a year. The time is the one of their own clock, not of this runner.',
        };
    }
  }
  const differences = differencesOf(verdict.attestation, expected);
  if (differences.length === 0) return undefined;
  return {
    message: `${about} is not the one that ${expected.environment} asks for: ${differences.join('; ')}.`,
    remedy: `Promote a bundle that \`${expected.signer}\` made on ${expected.ref} of ${expected.repository}, or call the release of the suite that made this one.`,
  };
}

function differencesOf(
  { claims, predicateType, subjects }: Extract<Verdict, { attestation: object }>['attestation'],
  expected: Expected,
): string[] {
  const { digest, commit, repository, repositoryId, ref } = expected;
  const [signer = '', onlyRef] = expected.signer.split('@');
  const differences: string[] = [];
  const expect = (isMet: boolean, difference: string) => {
    if (!isMet) differences.push(difference);
  };
  expect(subjects.includes(digest.slice('sha256:'.length)), 'it is of something else');
  expect(predicateType === provenance, `it says \`${predicateType}\`, not \`${provenance}\``);
  expect(claims.issuer === issuer, `it was signed with a token of \`${claims.issuer}\`, not of GitHub Actions`);
  const signedBy = claims.signer.replace(`${server}/`, '');
  const isOfWorkflow = claims.signer.startsWith(`${server}/${signer}@`);
  expect(isOfWorkflow, `\`${signedBy}\` signed it, not \`${signer}\``);
  const signedAt = signedBy.slice(signer.length + 1);
  expect(
    !isOfWorkflow || (onlyRef === undefined ? isReleased(signedAt, signer, expected) : signedAt === onlyRef),
    onlyRef === undefined
      ? `\`${signedBy}\` signed it, which is no version of it that was released`
      : `\`${signedBy}\` signed it, not that of \`${onlyRef}\``,
  );
  // Names come back; ids do not.
  expect(
    claims.repositoryId === repositoryId,
    `it is of a run in ${claims.repository} (id ${claims.repositoryId}), not in ${repository} (id ${repositoryId})`,
  );
  expect(claims.commit === commit, `it is of commit ${claims.commit.slice(0, 7)}, not of ${commit.slice(0, 7)}`);
  expect(claims.ref === ref, `it is of ${claims.ref}, not of ${ref}`);
  return differences;
}

/**
 * Whether a workflow at a ref is one that people stand behind. Any branch of the suite, and any commit of a fork of it, has a file of that
 * name. A release of it is tagged, what runs here is what the caller named, and the team's own workflows are reviewed on the branch that promotes.
 */
function isReleased(signedAt: string, signer: string, { repository, ref, suite }: Expected): boolean {
  const isIn = (name: string) => signer.startsWith(`${name}/.github/workflows/`);
  if (isIn(repository)) return signedAt === ref;
  const own = [suite.ref, `refs/tags/${suite.ref}`, `refs/heads/${suite.ref}`];
  return versionTag.test(signedAt) || (isIn(suite.repository) && own.includes(signedAt));
}
