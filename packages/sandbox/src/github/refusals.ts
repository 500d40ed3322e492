import { json, type WorldResponse } from '../network/http.ts';

/** An answer that is a refusal. `documentation` is that of the endpoint unless one is named. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly documentation: string | undefined;
  readonly errors: readonly object[] | undefined;

  constructor(
    status: number,
    message: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly documentation?: string;
      readonly errors?: readonly object[];
    } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    this.documentation = more.documentation;
    this.errors = more.errors;
  }

  /** As GitHub writes it: the status stands in the body too, as text. */
  response(documentation: string): WorldResponse {
    const body = {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: this.documentation ?? documentation,
      status: String(this.status),
    };
    return json(this.status, body, this.headers);
  }
}

const docs = 'https://docs.github.com';
const limitDocs = `${docs}/rest/using-the-rest-api/rate-limits-for-the-rest-api`;
const secondaryDocs = `${docs}/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits`;

/**
 * Every way in which the sandbox's GitHub refuses. Messages are GitHub's, from its documentation and from answers that
 * people posted; `[unsure]` marks those whose exact words were not found (github-facts.md says which facts were).
 */
export const refusals = {
  // 400
  badJson: () => new Refusal(400, 'Problems parsing JSON', { documentation: `${docs}/rest` }),
  noObject: () => new Refusal(400, 'Body should be a JSON object', { documentation: `${docs}/rest` }),

  // 401
  badCredentials: () => new Refusal(401, 'Bad credentials', { documentation: `${docs}/rest` }),
  needsLogin: () => new Refusal(401, 'Requires authentication'),
  graphqlNeedsLogin: () =>
    new Refusal(401, 'This endpoint requires you to be authenticated.', {
      documentation: `${docs}/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql`,
    }),

  /** Of an App's token: another key, another form. */
  badAppToken: () => new Refusal(401, 'A JSON web token could not be decoded', { documentation: `${docs}/rest` }),
  appTokenEnded: () =>
    new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
      { documentation: `${docs}/rest` },
    ),
  appTokenTooLong: () =>
    new Refusal(401, "'Expiration time' claim ('exp') is too far in the future", { documentation: `${docs}/rest` }),
  appTokenTooEarly: () =>
    new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      { documentation: `${docs}/rest` },
    ),

  // 403
  /** A setting, whatever the job's permissions are (github/docs#36525). */
  actionsMayNotOpenPulls: () => new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.'),
  suspended: () => new Refusal(403, 'This installation has been suspended'),
  notAccessible: () => new Refusal(403, 'Resource not accessible by integration'),
  needsApp: () => new Refusal(403, 'You must authenticate via a GitHub App.'),
  noUserAgent: () =>
    new Refusal(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.',
    ),
  secondaryLimit: (retryAfter: number) =>
    new Refusal(
      403,
      'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
      { documentation: secondaryDocs, headers: { 'retry-after': String(retryAfter) } },
    ),
  primaryLimit: (who: string) => new Refusal(403, primaryLimitMessage(who), { documentation: limitDocs }),

  // 404
  noSuchApp: () => new Refusal(404, 'Integration not found', { documentation: `${docs}/rest` }),
  notFound: () => new Refusal(404, 'Not Found'),
  noCommitForRef: (ref: string) => new Refusal(404, `No commit found for the ref ${ref}`),
  noCommonAncestor: (base: string, head: string) => new Refusal(404, `No common ancestor between ${base} and ${head}.`),

  // 410
  issuesDisabled: () => new Refusal(410, 'Issues has been disabled in this repository.'),

  // 422
  repositoryNotInInstallation: () =>
    new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    ),
  permissionNotGranted: () => new Refusal(422, 'The permissions requested are not granted to this installation.'),
  levelNotGranted: () =>
    new Refusal(422, 'The level of access for permissions requested are not granted to this installation.'),
  noCommit: (sha: string) => new Refusal(422, `No commit found for SHA: ${sha}`),
  commentTooLong: () => invalidComment('Body is too long (maximum is 65536 characters)'),
  /** [unsure] */
  commentEmpty: () => invalidComment('Body cannot be blank'),
  issueTooLong: () => invalidIssue('custom', 'body', 'body is too long (maximum is 65536 characters)'),
  issueWithoutTitle: () => invalidIssue('missing_field', 'title'),
  pullTooLong: () =>
    invalidPull({ code: 'custom', field: 'body', message: 'body is too long (maximum is 65536 characters)' }),
  pullExists: (owner: string, branch: string) =>
    invalidPull({ code: 'custom', message: `A pull request already exists for ${owner}:${branch}.` }),
  nothingToPull: (base: string, branch: string) =>
    invalidPull({ code: 'custom', message: `No commits between ${base} and ${branch}` }),
  noHead: () => invalidPull({ code: 'invalid', field: 'head' }),
  refExists: () => new Refusal(422, 'Reference already exists'),
  noSuchObject: () => new Refusal(422, 'Object does not exist'),
  noRef: () => new Refusal(422, 'Reference does not exist'),
  /** One line per object that lacks something: `"path", "start_line" weren't supplied.` */
  invalidRequest: (lines: readonly string[]) => new Refusal(422, `Invalid request.\n\n${lines.join('\n')}`),
} as const;

/** Lines of {@link refusals.invalidRequest}. */
export const invalid = {
  missing: (names: readonly string[]) =>
    `${[...names].sort().map(quote).join(', ')} ${names.length === 1 ? "wasn't" : "weren't"} supplied.`,
  tooMany: (limit: number, count: number) => `No more than ${limit} items are allowed; ${count} were supplied.`,
  /** [unsure] */
  notMember: (value: unknown, allowed: readonly string[]) =>
    `${JSON.stringify(value)} is not a member of [${allowed.map(quote).join(', ')}].`,
  notA: (value: unknown, type: string) => `${JSON.stringify(value) ?? 'nil'} is not ${type}.`,
} as const;

export function primaryLimitMessage(who: string): string {
  return `API rate limit exceeded for ${who}.`;
}

function invalidComment(message: string): Refusal {
  return new Refusal(422, 'Validation Failed', {
    errors: [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message }],
  });
}

function invalidPull(error: { readonly code: string; readonly field?: string; readonly message?: string }): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', ...error }] });
}

function invalidIssue(code: string, field: string, message?: string): Refusal {
  return new Refusal(422, 'Validation Failed', {
    errors: [{ resource: 'Issue', code, field, ...(message === undefined ? {} : { message }) }],
  });
}

function quote(text: string): string {
  return `"${text}"`;
}
