import { json, type WorldResponse } from '../network/http.ts';

/** A refusal in the form of the OCI distribution specification ("Error Codes"), with the statuses that ACR gives. */
export class RegistryError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly detail?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = options.detail;
    this.headers = options.headers ?? {};
  }
}

export function answerError({ status, code, message, detail, headers }: RegistryError): WorldResponse {
  return json(status, { errors: [{ code, message, ...(detail === undefined ? {} : { detail }) }] }, headers);
}

export const refusals = {
  blobUnknown: () => new RegistryError(404, 'BLOB_UNKNOWN', 'blob unknown to registry'),
  uploadUnknown: () => new RegistryError(404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry'),
  digestInvalid: (digest: string) =>
    new RegistryError(400, 'DIGEST_INVALID', 'provided digest did not match uploaded content', {
      detail: { Digest: digest },
    }),
  nameInvalid: (name: string) =>
    new RegistryError(400, 'NAME_INVALID', 'invalid repository name', { detail: { name } }),
  nameUnknown: (name: string) =>
    new RegistryError(404, 'NAME_UNKNOWN', 'repository name not known to registry', { detail: { name } }),
  tagInvalid: (tag: string) =>
    new RegistryError(400, 'TAG_INVALID', 'manifest tag did not match URI', { detail: { tag } }),
  tagUnknown: (tag: string) =>
    new RegistryError(404, 'TAG_UNKNOWN', 'the specified tag does not exist', { detail: { tag } }),
  manifestUnknown: (name: string, reference: string) =>
    new RegistryError(
      404,
      'MANIFEST_UNKNOWN',
      reference.includes(':') ? `manifest ${reference} is not found` : `manifest tagged by "${reference}" is not found`,
      { detail: { Name: name, Reference: reference } },
    ),
  manifestInvalid: (reason: string) =>
    new RegistryError(400, 'MANIFEST_INVALID', 'manifest invalid', { detail: { Reason: reason } }),
  manifestBlobUnknown: (digest: string) =>
    new RegistryError(400, 'MANIFEST_BLOB_UNKNOWN', 'manifest references a manifest or blob unknown to registry', {
      detail: { Digest: digest },
    }),
  manifestTooLarge: () => new RegistryError(413, 'SIZE_INVALID', 'manifest is larger than 4 MiB'),
  rangeInvalid: (headers: Readonly<Record<string, string>>) =>
    new RegistryError(416, 'RANGE_INVALID', 'invalid content range', { headers }),
  /** What a lock answers to whoever pushes or deletes (Microsoft Learn, "Troubleshoot push operations"). */
  disallowed: () =>
    new RegistryError(
      405,
      'REGISTRY_DISALLOWED_OPERATION',
      'The operation is disallowed on this registry, repository or image. View troubleshooting steps at https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation',
    ),
  unsupported: (what: string) => new RegistryError(405, 'UNSUPPORTED', `The sandbox does not play ${what}.`),
  /** Microsoft Learn, "Troubleshoot network issues with registry". The address is of those kept for documentation. */
  firewall: () =>
    new RegistryError(
      403,
      'DENIED',
      "client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access.",
    ),
};

const authenticationRequired = 'authentication required, visit https://aka.ms/acr/authorization for more information.';

/** What a call needs: `repository:shop/api:pull,push`. */
export interface NeededScope {
  readonly type: 'repository' | 'registry';
  readonly name: string;
  readonly actions: readonly string[];
}

/** 401 with the challenge that says where and for what to get a token (Azure/acr docs/AAD-OAuth.md). */
export function challenge(
  host: string,
  needed: NeededScope | undefined,
  error?: 'invalid_token' | 'insufficient_scope',
): RegistryError {
  const parts = [
    `realm="https://${host}/oauth2/token"`,
    `service="${host}"`,
    ...(needed === undefined ? [] : [`scope="${needed.type}:${needed.name}:${needed.actions.join(',')}"`]),
    ...(error === undefined ? [] : [`error="${error}"`]),
  ];
  const detail = needed?.actions.map(action => ({ Type: needed.type, Name: needed.name, Action: action }));
  return new RegistryError(401, 'UNAUTHORIZED', authenticationRequired, {
    ...(detail === undefined ? {} : { detail }),
    headers: { 'WWW-Authenticate': `Bearer ${parts.join(',')}` },
  });
}

/** What `/oauth2` answers to whoever may nothing here; the challenge is of the other calls only. */
export function noAccess(correlation: string): RegistryError {
  return new RegistryError(401, 'UNAUTHORIZED', `${authenticationRequired} CorrelationId: ${correlation}`);
}
