import { randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '@suite/foundation';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { bearer, type Handler, json, type WorldResponse } from '../network/http.ts';
import { madeUpId } from './ids.ts';
import { type Job, type Repository, type SubjectForm, subjectOf } from './subject.ts';

export const issuer = 'https://token.actions.githubusercontent.com';
export const tokenHost = 'pipelines.actions.githubusercontent.com';
// Terraform's provider asks before nearly every request to Azure; a signature costs a millisecond that a copy does not.
const reuseSeconds = 4;

export interface OidcOptions {
  readonly clock: Clock;
  /** Life of a token in seconds; GitHub's is 300. May be changed while the world runs. */
  readonly expirySeconds: () => number;
  readonly onIssued: (token: { readonly subject: string; readonly audience: string; readonly job: Job }) => void;
}

/** GitHub's token service for jobs: the issuer's public documents, and the endpoint that a runner tells its job. */
export interface Oidc {
  /** Plays {@link issuer}. */
  readonly issuerHandler: Handler;
  /** Plays the host of {@link Oidc.requestFor}. */
  readonly tokenHandler: Handler;
  /** Verifies what {@link issuer} signed. */
  readonly publicKey: CryptoKey;
  /** How a repository's subjects look; without it ids are made up and the subject is the classic one. */
  registerRepository(repository: { name: string; id?: string; ownerId?: string; subject?: SubjectForm }): Repository;
  /** The two variables by which a runner lets this job ask for tokens. */
  requestFor(job: Job): { readonly url: string; readonly token: string };
  /** The subject that this job's tokens carry: what a federated credential has to name. */
  subjectFor(job: Job): string;
  /** Whether a job has asked for a token with what {@link Oidc.requestFor} gave it. */
  wasAsked(token: string): boolean;
  /** A signed token without asking over the network. */
  issue(job: Job, audience: string): Promise<string>;
}

export async function createOidc(options: OidcOptions): Promise<Oidc> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048 });
  const kid = randomUUID();
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }] };
  const repositories = new Map<string, Repository>();
  const jobs = new Map<string, { readonly job: Job; readonly recent: Map<string, { token: string; until: number }> }>();

  const asked = new Set<string>();

  const registerRepository: Oidc['registerRepository'] = repository => {
    const owner = repository.name.split('/')[0] ?? '';
    const known: Repository = {
      name: repository.name,
      id: repository.id ?? madeUpId(repository.name),
      ownerId: repository.ownerId ?? madeUpId(owner),
      subject: repository.subject ?? { immutable: false },
    };
    repositories.set(known.name, known);
    return known;
  };

  const describe = (job: Job) => {
    const repository = repositories.get(job.repository) ?? registerRepository({ name: job.repository });
    const claims = claimsOf(job, repository);
    return { claims, subject: subjectOf(job, repository, claims) };
  };

  const issue: Oidc['issue'] = async (job, audience) => {
    const { claims, subject } = describe(job);
    const now = Math.floor(options.clock.now() / 1000);
    const token = await new SignJWT({ ...claims, jti: randomUUID() })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
      .setSubject(subject)
      .setAudience(audience)
      .setIssuer(issuer)
      .setNotBefore(now - 600)
      .setIssuedAt(now)
      .setExpirationTime(now + options.expirySeconds())
      .sign(privateKey);
    options.onIssued({ subject, audience, job });
    return token;
  };

  const tokenHandler: Handler = async request => {
    const given = bearer(request) ?? '';
    const known = jobs.get(given);
    if (request.method !== 'GET' || known === undefined) return refuse(401, 'The job token is missing or not known.');
    asked.add(given);
    const { job, recent } = known;
    const audience = request.query.get('audience') ?? `https://github.com/${job.repository.split('/')[0]}`;
    const now = options.clock.now();
    const reusable = recent.get(audience);
    if (reusable !== undefined && now < reusable.until) return json(200, { value: reusable.token });
    const token = await issue(job, audience);
    if (options.expirySeconds() > 10 * reuseSeconds) recent.set(audience, { token, until: now + reuseSeconds * 1000 });
    return json(200, { count: token.length, value: token });
  };

  const issuerHandler: Handler = request => {
    if (request.path === '/.well-known/jwks') return json(200, jwks);
    if (request.path !== '/.well-known/openid-configuration') return refuse(404, 'Not found.');
    return json(200, {
      issuer,
      jwks_uri: `${issuer}/.well-known/jwks`,
      subject_types_supported: ['public', 'pairwise'],
      response_types_supported: ['id_token'],
      claims_supported: claimsSupported,
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid'],
    });
  };

  return {
    wasAsked: token => asked.has(token),
    issuerHandler,
    tokenHandler,
    publicKey,
    registerRepository,
    issue,
    subjectFor: job => describe(job).subject,
    requestFor: job => {
      const token = randomBytes(32).toString('base64url');
      jobs.set(token, { job, recent: new Map() });
      const path = `_apis/distributedtask/hubs/Actions/plans/${randomUUID()}/jobs/${randomUUID()}/idtoken`;
      return { url: `https://${tokenHost}/${randomBytes(12).toString('hex')}/${path}?api-version=2.0`, token };
    },
  };
}

const claimsSupported = [
  'sub', 'aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'ref', 'sha', 'repository', 'repository_id', 'repository_owner',
  'repository_owner_id', 'run_id', 'run_number', 'run_attempt', 'actor', 'actor_id', 'workflow', 'workflow_ref',
  'workflow_sha', 'head_ref', 'base_ref', 'event_name', 'ref_type', 'ref_protected', 'environment', 'job_workflow_ref',
  'job_workflow_sha', 'repository_visibility', 'runner_environment', 'enterprise', 'enterprise_id',
]; // biome-ignore format: a list to read across

/** The claims of a job's token besides the registered ones, all strings as GitHub sends them. */
function claimsOf(job: Job, repository: Repository): Record<string, string> {
  const isPullRequest = job.event === 'pull_request';
  return {
    ref: job.ref,
    sha: job.sha,
    repository: repository.name,
    repository_id: repository.id,
    repository_owner: repository.name.split('/')[0] ?? '',
    repository_owner_id: repository.ownerId,
    repository_visibility: 'private',
    run_id: job.runId,
    run_number: '1',
    run_attempt: String(job.runAttempt),
    actor: job.actor,
    actor_id: madeUpId(job.actor),
    workflow: /([^/]+)@/.exec(job.workflowRef)?.[1] ?? job.workflowRef,
    workflow_ref: job.workflowRef,
    workflow_sha: job.sha,
    job_workflow_ref: job.jobWorkflowRef ?? job.workflowRef,
    job_workflow_sha: job.sha,
    head_ref: isPullRequest ? 'change' : '',
    base_ref: isPullRequest ? 'main' : '',
    event_name: job.event,
    ref_type: job.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: 'false',
    runner_environment: 'github-hosted',
    ...(job.environment === undefined ? {} : { environment: job.environment }),
  };
}

function refuse(status: number, message: string): WorldResponse {
  return json(status, { message });
}
