import { asString, type JsonObject, UserError } from '@suite/foundation';

/** How a repository writes the `sub` claim of its OIDC tokens, as GitHub's API describes it. */
export interface SubjectTemplate {
  /** What stands for the repository: `repo:contoso@98765432/platform@701234567`. */
  readonly prefix: string;
  /** Names of claims in their order; undefined for GitHub's own form. */
  readonly claims: readonly string[] | undefined;
}

/** What a job that signs in has about it. */
export type JobKind =
  | { readonly kind: 'environment'; readonly environment: string }
  | { readonly kind: 'pull-request' }
  | { readonly kind: 'branch'; readonly branch: string };

/** The same in every job of a repository, so this job's own token tells them. */
const constant = [
  'repository', 'repository_id', 'repository_owner', 'repository_owner_id', 'repository_visibility', 'enterprise',
  'enterprise_id',
]; // biome-ignore format: a list to read across

/**
 * Subjects of other jobs of this repository. `own` are the claims of this job's token: what the template makes of them has
 * to be its subject, or nothing is believed. Throws a UserError for a template that cannot be foretold, or that does not
 * tell jobs of an environment from others.
 */
export function createSubjects(template: SubjectTemplate, own: JsonObject): (job: JobKind) => string {
  const said = asString(own['sub']) ?? '';
  const expected = render(template, own, contextOf(own));
  if (said !== expected) {
    throw new UserError({
      message: `GitHub's API describes subjects by which this job's would be \`${expected}\`, but its token says \`${said}\`.`,
      remedy:
        'Bootstrap trusts no subject that it cannot foretell: look at the customisation of subjects of the repository and its organisation.',
    });
  }
  const subjectOf = (job: JobKind) => render(template, claimsOf(job, own), describeContext(job));
  const [environment, pullRequest] = [
    subjectOf({ kind: 'environment', environment: 'x' }),
    subjectOf({ kind: 'pull-request' }),
  ];
  if (environment === pullRequest) {
    throw new UserError({
      message: `The subjects of this repository's tokens do not tell which GitHub environment a job has (\`${template.claims?.join(', ')}\`), so a pull request could apply.`,
      remedy:
        'Add `context` to the claims of the subject: `gh api --method PUT repos/OWNER/REPO/actions/oidc/customization/sub`.',
    });
  }
  return subjectOf;
}

function claimsOf(job: JobKind, own: JsonObject): JsonObject {
  return {
    ...Object.fromEntries(constant.map(name => [name, own[name]])),
    ...(job.kind === 'environment' ? { environment: job.environment } : {}),
    ...(job.kind === 'branch' ? { ref: `refs/heads/${job.branch}` } : {}),
  };
}

function render(
  { prefix, claims = ['repo', 'context'] }: SubjectTemplate,
  values: JsonObject,
  context: string,
): string {
  return claims
    .map(claim => {
      if (claim === 'repo') return prefix;
      if (claim === 'context') return context;
      const value = asString(values[claim]);
      if (value !== undefined) return `${claim}:${escaped(value)}`;
      throw new UserError({
        message: `The subjects of this repository's tokens contain the claim \`${claim}\`, which differs from job to job and cannot be foretold.`,
        remedy:
          'Take it out of the customisation of subjects, or let the identities trust such subjects by hand: `az identity federated-credential create`.',
      });
    })
    .join(':');
}

function contextOf(claims: JsonObject): string {
  const environment = asString(claims['environment']);
  if (environment !== undefined) return describeContext({ kind: 'environment', environment });
  if (claims['event_name'] === 'pull_request') return describeContext({ kind: 'pull-request' });
  return `ref:${asString(claims['ref']) ?? ''}`;
}

function describeContext(job: JobKind): string {
  switch (job.kind) {
    case 'environment':
      return `environment:${escaped(job.environment)}`;
    case 'pull-request':
      return 'pull_request';
    case 'branch':
      return `ref:refs/heads/${job.branch}`;
  }
}

/** GitHub keeps the colon for itself. */
function escaped(value: string): string {
  return value.replaceAll(':', '%3A');
}
