import { json, type WorldResponse } from '../network/http.ts';
import type { Fields } from './objects.ts';

export interface Cause {
  readonly reason?: string;
  readonly message: string;
  readonly field?: string;
}

/** What a Status names: `kind` is a resource (`deployments`), of invalid objects a kind. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** A refusal as a `Status`: codes, reasons and sentences are those of the real API server (apimachinery, `pkg/api/errors`). */
export class KubeError extends Error {
  override readonly name = 'KubeError';
  readonly code: number;
  readonly reason: string;
  /** Undefined where the server gives none; empty where it gives an empty object. */
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** `deployments.apps` of a resource; the core group has no name. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

export function qualified({ group, plural }: Pick<Named, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

const detailsOf = ({ group, plural }: Pick<Named, 'group' | 'plural'>, name: string): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(group === '' ? {} : { group }),
  kind: plural,
});

export const refusals = {
  unauthorized: () => new KubeError(401, 'Unauthorized', 'Unauthorized'),
  notFound: (type: Named, name: string) =>
    new KubeError(404, 'NotFound', `${qualified(type)} "${name}" not found`, detailsOf(type, name)),
  alreadyExists: (type: Named, name: string) =>
    new KubeError(409, 'AlreadyExists', `${qualified(type)} "${name}" already exists`, detailsOf(type, name)),
  conflict: (type: Named, name: string, why = modified) =>
    new KubeError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${qualified(type)} "${name}": ${why}`,
      detailsOf(type, name),
    ),
  forbidden: (type: Pick<Named, 'group' | 'plural'>, name: string, why: string, causes?: readonly Cause[]) =>
    new KubeError(
      403,
      'Forbidden',
      name === '' ? `${qualified(type)} is forbidden: ${why}` : `${qualified(type)} "${name}" is forbidden: ${why}`,
      { ...detailsOf(type, name), ...(causes === undefined ? {} : { causes }) },
    ),
  forbiddenPath: (why: string) => new KubeError(403, 'Forbidden', `forbidden: ${why}`, {}),
  invalid: (type: Named, name: string, causes: readonly Cause[]) => {
    const qualifiedKind = type.group === '' ? type.kind : `${type.kind}.${type.group}`;
    const texts = causes.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`));
    const what = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
    return new KubeError(422, 'Invalid', `${qualifiedKind} "${name}" is invalid: ${what}`, {
      ...detailsOf(type, name),
      kind: type.kind,
      causes,
    });
  },
  badRequest: (message: string) => new KubeError(400, 'BadRequest', message),
  /** The server's word for options that are wrong: `PatchOptions`, `CreateOptions`, … */
  invalidOptions: (kind: string, field: string, cause: Cause) =>
    new KubeError(422, 'Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${cause.message}`, {
      group: 'meta.k8s.io',
      kind,
      causes: [{ ...cause, field }],
    }),
  noResource: () => new KubeError(404, 'NotFound', 'the server could not find the requested resource', {}),
  expired: (message: string) => new KubeError(410, 'Expired', message),
  internal: (message: string) =>
    new KubeError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }),
  unavailable: (message: string) => new KubeError(503, 'ServiceUnavailable', message),
  noMethod: () =>
    new KubeError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {}),
  mediaType: (accepted: readonly string[]) =>
    new KubeError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    ),
  applyConflict: (message: string, causes: readonly Cause[]) => new KubeError(409, 'Conflict', message, { causes }),
  /** What the sandbox's small cluster does not do, though a real one would. */
  notPlayed: (what: string) =>
    new KubeError(501, 'NotImplemented', `The sandbox's small Kubernetes does not play ${what}.`),
};

const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export function statusOf({ code, reason, message, details }: KubeError): Fields {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    ...(reason === '' ? {} : { reason }),
    ...(details === undefined ? {} : { details }),
    code,
  };
}

export function answerError(error: KubeError): WorldResponse {
  return json(error.code, statusOf(error));
}
