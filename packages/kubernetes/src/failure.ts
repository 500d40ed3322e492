import {
  asArray,
  asNumber,
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

/**
 * - `unreachable`: no answer, or a certificate that is not trusted; `busy`: limits and errors that may pass
 * - `unauthorized`: the token is not accepted; `forbidden`: the identity lacks a right in the cluster
 * - `absent`: there is no such object or kind; `conflict`: somebody else owns or has changed it
 * - `invalid`: the API server rejects the object; `refused`: every other refusal, webhooks among them
 * - `expired`: a watch or list has to begin anew
 */
export type FailureKind =
  | 'unreachable'
  | 'busy'
  | 'unauthorized'
  | 'forbidden'
  | 'absent'
  | 'conflict'
  | 'invalid'
  | 'refused'
  | 'expired';

/** A webhook that the API server could not ask about an object, and did not want to do without. */
export interface FailedWebhook {
  readonly name: string;
  /** Undefined where it is reached by an address. */
  readonly service: { readonly namespace: string; readonly name: string } | undefined;
  /** Somebody answers there, and not as a webhook does. */
  readonly isReached: boolean;
  /** In the API server's words. */
  readonly reason: string;
}

/** An API server that refused or did not answer. */
export class KubernetesFailure extends UserError {
  readonly kind: FailureKind;
  readonly retry: Verdict;
  readonly webhook: FailedWebhook | undefined;

  constructor(
    kind: FailureKind,
    problem: Problem,
    options: { retry?: Verdict; cause?: unknown; webhook?: FailedWebhook | undefined } = {},
  ) {
    super(problem, { cause: options.cause });
    this.kind = kind;
    this.retry = options.retry ?? { retry: false };
    this.webhook = options.webhook;
  }
}

/** What a request was about. */
export interface Attempt {
  readonly host: string;
  /** Reads on after "The": `plan identity of dev`. */
  readonly identity: string;
  /** Reads on after "could not": `read Deployment argocd/argocd-server`. */
  readonly purpose: string;
  /** What to do where the identity lacks a right, as sentences. */
  readonly lackingRight?: string | undefined;
  /** Who was to answer by way of the API server. */
  readonly behind?: string | undefined;
}

/** The `Status` object that API servers answer refusals with (k8s.io/apimachinery, meta/v1). */
interface Status {
  readonly message: string;
  readonly reason: string;
  readonly retryAfterSeconds: number | undefined;
}

export function readStatus(text: string): Status {
  const status = asObject(parseJson(text));
  const details = asObject(status['details']);
  return {
    message: printable(shorten(asString(status['message']) ?? text.trim(), 2000)),
    reason: asString(status['reason']) ?? '',
    retryAfterSeconds: asNumber(details['retryAfterSeconds']),
  };
}

/** Causes of a `Status`, such as each field that is invalid. */
export function statusCauses(text: string): { readonly field: string; readonly message: string }[] {
  const details = asObject(asObject(parseJson(text))['details']);
  return asArray(details['causes']).map(cause => ({
    field: asString(asObject(cause)['field']) ?? '',
    message: asString(asObject(cause)['message']) ?? '',
  }));
}

export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

export function refusalFailure(
  { status, retryAfter, text }: Refusal,
  attempt: Attempt,
  now: number,
): KubernetesFailure {
  const { host, identity, purpose, lackingRight, behind } = attempt;
  const { message, reason, retryAfterSeconds } = readStatus(text);
  const said = `HTTP ${status}${reason === '' ? '' : ` ${reason}`}: ${message}`;
  const could = `The ${identity} could not ${purpose} on ${host}`;
  const cause = new Error(said);
  // The API server gives the reason of its own refusals; whoever is behind it has ways of his own.
  if (status === 401 && behind !== undefined && reason === '') {
    return new KubernetesFailure('refused', { message: `${could}: ${behind} requires a sign-in.` }, { cause });
  }
  if (status === 401) {
    return new KubernetesFailure(
      'unauthorized',
      {
        message: `${could}: the API server does not accept its token.`,
        remedy: 'The cluster has to be one with Microsoft Entra ID, in the tenant of the platform file.',
      },
      { cause },
    );
  }
  if (status === 403 && reason !== 'Invalid') {
    const remedy = isLackingRight(message) ? lackingRight : undefined;
    return new KubernetesFailure(
      'forbidden',
      { message: `${could}: ${message}`, ...(remedy === undefined ? {} : { remedy }) },
      { cause },
    );
  }
  const kind = kindOf(status, reason);
  const asked = retryAfterSeconds === undefined ? parseRetryAfter(retryAfter, now) : retryAfterSeconds * 1000;
  const transient = isTransientStatus(status) && !isWebhookRefusal(message);
  const retry: Verdict = transient
    ? { retry: true, ...(asked === undefined ? {} : { afterMs: asked }) }
    : { retry: false };
  const webhook = readFailedWebhook(message);
  const remedy =
    webhook === undefined
      ? {}
      : { remedy: 'See that the pods that answer for it are ready, and that the API server may reach them.' };
  return new KubernetesFailure(kind, { message: `${could}: ${message}`, ...remedy }, { retry, cause, webhook });
}

/** k8s.io/apiserver/pkg/admission/plugin/webhook; Go's words for a request that got no answer begin with its method and address. */
function readFailedWebhook(message: string): FailedWebhook | undefined {
  const [, name, said = ''] =
    /failed calling webhook "([^"]+)": (?:failed to call webhook: )?([\s\S]*)$/.exec(message) ?? [];
  if (name === undefined) return undefined;
  const [, address, reason] = /^Post "([^"]*)": ([\s\S]*)$/.exec(said) ?? [];
  const [, service, namespace] = /^https:\/\/([^./]+)\.([^./]+)\.svc(?=[:/])/.exec(address ?? '') ?? [];
  return {
    name,
    service: service === undefined || namespace === undefined ? undefined : { namespace, name: service },
    isReached: reason === undefined,
    reason: reason ?? said,
  };
}

function kindOf(status: number, reason: string): FailureKind {
  if (status === 404) return 'absent';
  if (status === 409) return 'conflict';
  if (status === 410 || reason === 'Expired') return 'expired';
  if (status === 422) return 'invalid';
  return isTransientStatus(status) ? 'busy' : 'refused';
}

/**
 * Admission answers 403 as well. Refused by authorization: `configmaps is forbidden: User "x" cannot list …` (apiserver,
 * `responsewriters`), or `… is forbidden: user "x" (groups=…) is attempting to grant RBAC permissions not currently held`.
 */
function isLackingRight(message: string): boolean {
  return /is forbidden: user "/i.test(message);
}

/** Webhooks that cannot be reached answer with 500 as well, and say so. */
function isWebhookRefusal(message: string): boolean {
  return /failed calling webhook|admission webhook/.test(message);
}

export function networkFailure(error: unknown, { host, identity, purpose }: Attempt): KubernetesFailure {
  const proxy = asObject(error);
  // Node's word for what a proxy answers instead of a connection (https.Agent, `proxyEnv`).
  if (proxy['code'] === 'ERR_PROXY_TUNNEL') {
    const status = asNumber(proxy['statusCode']);
    return new KubernetesFailure(
      'unreachable',
      {
        message: `The ${identity} could not ${purpose}: the proxy of this runner gives no way to ${host} (${status === undefined ? 'no answer' : `HTTP ${status}`}).`,
        remedy:
          'Have the proxy let this runner pass to the API server, or name it in NO_PROXY where the runner needs no proxy to reach it, as inside of the network of a private cluster.',
      },
      { cause: error, retry: { retry: status === undefined || isTransientStatus(status) } },
    );
  }
  const code = networkCode(error) ?? 'no answer';
  const lasting = isLastingCode(code);
  const certificate = /CERT|SIGNATURE/.test(code);
  return new KubernetesFailure(
    'unreachable',
    {
      message: `The ${identity} could not ${purpose}: ${host} cannot be reached from this runner (${code}).`,
      remedy: certificate
        ? 'Name the certificate authority of your proxy in NODE_EXTRA_CA_CERTS.'
        : 'The API server of a private cluster answers inside of its network only: set `runner:` of the environment to a runner there. Otherwise look at authorised address ranges, and whether the cluster is running.',
    },
    { cause: error, retry: lasting ? { retry: false } : { retry: true } },
  );
}
