import {
  asArray,
  asObject,
  asString,
  isLastingCode,
  isTransientStatus,
  networkCode,
  type Problem,
  parseJson,
  parseRetryAfter,
  printable,
  shorten,
  UserError,
  type Verdict,
} from '@suite/foundation';

/** Whose rights are used, as messages name it: `name` reads on after "The", e.g. `plan identity of environment dev`. */
export interface Identity {
  readonly name: string;
  /** Of Entra; none where the registry is signed in to in another way, or not at all. */
  readonly clientId?: string;
  /** Which roles count in the registry, where that is known: `repositories` is its role assignment mode ABAC. */
  readonly roles?: 'registry' | 'repositories';
}

/**
 * - `missing`: there is no such registry; its name does not resolve
 * - `closed`: its firewall refuses this runner
 * - `rights`: the identity lacks a role
 * - `unreachable`: no answer; `busy`: limits and errors that may pass
 * - `locked`: somebody keeps this tag, image or repository from being changed
 * - `untrue`: what it sent is not what was asked for
 * - `refused`: every other refusal
 */
export type FailureKind = 'missing' | 'closed' | 'rights' | 'unreachable' | 'busy' | 'locked' | 'untrue' | 'refused';

/** A registry that refused, did not answer, or cannot be believed. `retry` says whether it may pass by itself. */
export class RegistryFailure extends UserError {
  readonly kind: FailureKind;
  readonly retry: Verdict;

  constructor(kind: FailureKind, problem: Problem, options: { retry?: Verdict; cause?: unknown } = {}) {
    super(problem, { cause: options.cause });
    this.kind = kind;
    this.retry = options.retry ?? { retry: false };
  }
}

/** `metadata_…`: attributes of tags and manifests, which only Azure's registries have. */
export type Right = 'pull' | 'push' | 'metadata_read' | 'metadata_write';

/** What a request was about. */
export interface Attempt {
  readonly host: string;
  readonly identity: Identity;
  /** Reads on after "could not": `read shop/bundle@sha256:…`. */
  readonly purpose: string;
  /** What it needs; undefined while signing in. */
  readonly right: Right | undefined;
}

/** An answer that was not wanted. */
export interface Refusal {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** OCI distribution specification, "Error Codes". */
export function errorOf(body: Uint8Array): { readonly code: string; readonly message: string } {
  const first = asObject(asArray(asObject(parseJson(new TextDecoder().decode(body)))['errors'])[0]);
  return { code: asString(first['code']) ?? '', message: asString(first['message']) ?? '' };
}

/** The session of an upload is gone, or stands elsewhere than we thought: a new one is begun. */
const lostUpload = ['BLOB_UPLOAD_UNKNOWN', 'BLOB_UPLOAD_INVALID', 'RANGE_INVALID', 'DIGEST_INVALID'];

export function refusalFailure(refusal: Refusal, attempt: Attempt, now: number): RegistryFailure {
  const { status, headers, body } = refusal;
  const { code, message } = errorOf(body);
  const cause = new Error(`${status} ${code}: ${line(message)}`);
  if (isTransientStatus(status) || status === 416 || lostUpload.includes(code)) {
    const afterMs = parseRetryAfter(headers.get('retry-after'), now);
    const retry: Verdict = { retry: true, ...(afterMs === undefined ? {} : { afterMs }) };
    return new RegistryFailure('busy', describeBusy(status, attempt), { retry, cause });
  }
  if (status === 401) return new RegistryFailure('rights', describeRights(attempt), { cause });
  if (status === 403 && /not allowed access|firewall/i.test(message)) {
    return new RegistryFailure('closed', describeClosed(attempt), { cause });
  }
  // The same code is of a right that is missing, as GitHub's and Docker's registries say it.
  if (status === 403 && code === 'DENIED')
    return new RegistryFailure('rights', describeRights(attempt, message), { cause });
  if (code === 'REGISTRY_DISALLOWED_OPERATION')
    return new RegistryFailure('locked', describeLocked(attempt), { cause });
  const said = message === '' ? '' : `: ${line(message)}`;
  return new RegistryFailure(
    'refused',
    {
      message: `The registry ${attempt.host} answered ${status}${code === '' ? '' : ` (${line(code)})`} when this job tried to ${attempt.purpose}${said}.`,
      ...(status === 403 && code === '' ? { remedy: refusedBetween } : {}),
    },
    { cause },
  );
}

/** A registry gives a code of its own with each refusal. */
const refusedBetween =
  'No registry says it in this form, so something between did: let the proxy or firewall of this runner through to its login server, and to the data endpoint or storage that it hands downloads to.';

/** Whether it is the network that failed, rather than what makes the request. */
export function isNetworkError(error: unknown): boolean {
  const isOfFetch = error instanceof Error && /^(?:fetch failed|terminated)$/.test(error.message);
  const isCut = asObject(error)['code'] === 'ERR_STREAM_PREMATURE_CLOSE';
  return isOfFetch || isCut || codeOf(error) !== undefined;
}

/** No answer, or one that broke off. */
export function networkFailure(error: unknown, { host, identity, purpose }: Attempt): RegistryFailure {
  const code = codeOf(error);
  if (code === 'ENOTFOUND') {
    const problem: Problem = {
      message: `There is no registry ${host}: its name does not resolve.`,
      remedy:
        identity.clientId === undefined
          ? 'Check how it is written, and whether the runner’s DNS knows it.'
          : 'Apply the environment that it belongs to first, or let the runner use the DNS zone of its private endpoint.',
    };
    return new RegistryFailure('missing', problem, { cause: error });
  }
  const problem: Problem = {
    message: `The registry ${host} could not be reached to ${purpose}${code === undefined ? '' : ` (${code})`}.`,
    remedy:
      'Check that it exists, and the runner’s network, proxy and certificates (HTTPS_PROXY, NODE_EXTRA_CA_CERTS).',
  };
  const retry: Verdict = code !== undefined && isLastingCode(code) ? { retry: false } : { retry: true };
  return new RegistryFailure('unreachable', problem, { retry, cause: error });
}

/** What the registry sent is not what was asked for. `what` reads on after "sent": `something else than …`. */
export function untrue(host: string, what: string): RegistryFailure {
  return new RegistryFailure('untrue', {
    message: printable(`The registry ${host} sent ${what}.`),
    remedy:
      'Nothing of it was used. Run the job again; if it persists, look who writes to that registry and what stands between.',
  });
}

/** `words`: of the registry, where it says more than that. */
function describeRights({ host, identity, purpose, right }: Attempt, words = ''): Problem {
  const said = words === '' ? '' : `: ${line(words)}`;
  const who = identity.clientId === undefined ? undefined : `The ${identity.name} (client id ${identity.clientId})`;
  if (who === undefined) {
    return {
      message: `The ${identity.name} may not ${purpose}${right === undefined ? '' : ` in the registry ${host}`}${said}.`,
      remedy: 'Check the name, and sign in with credentials that may read it: with docker login, or as inputs.',
    };
  }
  const isWrite = right === 'push' || right === 'metadata_write';
  const [plain, abac] = isWrite ? ['AcrPush', 'Writer'] : ['AcrPull', 'Reader'];
  const named = {
    registry: `"${plain}"`,
    repositories: `"Container Registry Repository ${abac}" (its role assignment mode is ABAC, where "${plain}" counts for nothing)`,
    unknown: `"${plain}" (or "Container Registry Repository ${abac}", where the registry’s role assignment mode is ABAC)`,
  };
  const roles = named[identity.roles ?? 'unknown'];
  if (right !== undefined) {
    return {
      message: `${who} may not ${purpose} in the registry ${host}${said}.`,
      remedy: `Give it ${roles} on the registry; a new assignment takes some minutes to work.${identity.roles === 'repositories' ? conditioned : ''}`,
    };
  }
  const [reads, writes] =
    identity.roles === 'repositories'
      ? ['Container Registry Repository Reader', 'Container Registry Repository Writer']
      : ['AcrPull', 'AcrPush'];
  const mode = {
    registry: '',
    repositories: ' (its role assignment mode is ABAC, where "AcrPull" and "AcrPush" count for nothing)',
    unknown: ' ("Container Registry Repository Reader" or "Writer", where the role assignment mode is ABAC)',
  }[identity.roles ?? 'unknown'];
  return {
    message: `${who} gets no access to the registry ${host}${said}.`,
    remedy: `Give it "${reads}" to read or "${writes}" to write${mode}, and check that the registry’s subscription belongs to the tenant of the platform file; a new assignment takes some minutes to work.`,
  };
}

/** In that mode an assignment may be for some repositories alone (Microsoft Learn, "Entra ABAC repository permissions"). */
const conditioned =
  ' If it has that role already, the condition of the assignment leaves this repository out: widen it.';

function describeClosed({ host, purpose }: Attempt): Problem {
  return {
    message: `The registry ${host} refuses this runner's network, so this job could not ${purpose}.`,
    remedy:
      'It answers only inside of its network: set `runner` of the environment to a runner there, or let this one through the registry’s firewall.',
  };
}

/** Azure says the same of a registry that is full (Microsoft Learn, "Troubleshoot push operations"). */
function describeLocked({ host, purpose }: Attempt): Problem {
  return {
    message: `The registry ${host} keeps this job from what it tried: to ${purpose}. The tag, the image or the repository is locked.`,
    remedy:
      'What is locked is meant to stay: use another tag. Whoever may unlock it does so with `az acr repository update --write-enabled true`. A registry that is full answers the same.',
  };
}

function describeBusy(status: number, { host, purpose }: Attempt): Problem {
  return status === 429
    ? {
        message: `The registry ${host} kept its limit up, so this job could not ${purpose}.`,
        remedy: 'Run it again later.',
      }
    : {
        message: `The registry ${host} kept answering ${status} when this job tried to ${purpose}.`,
        remedy: 'Run it again; if it persists, check the proxy, or see status.azure.com.',
      };
}

/** Our own time limit has no code of the system. */
function codeOf(error: unknown): string | undefined {
  return asObject(error)['name'] === 'TimeoutError' ? 'ETIMEDOUT' : networkCode(error);
}

function line(text: string): string {
  return shorten(printable(text).replace(/\s+/g, ' ').trim(), 300).replace(/\.$/, '');
}
