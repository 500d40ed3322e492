import { json, type WorldResponse } from '../../network/http.ts';

/** A refusal of the resource manager, thrown from wherever it is found out. */
export class ArmError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** AKS leaves out the `error` around its own errors. */
  readonly isBare: boolean;

  constructor(
    status: number,
    code: string,
    message: string,
    options: { readonly headers?: Readonly<Record<string, string>>; readonly isBare?: boolean } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = options.headers ?? {};
    this.isBare = options.isBare ?? false;
  }

  toResponse(): WorldResponse {
    const { status, code, message } = this;
    return this.isBare
      ? json(status, { code, details: null, message, subcode: '' }, this.headers)
      : json(status, { error: { code, message } }, this.headers);
  }
}

const invalidToken = (code: string, message: string) =>
  new ArmError(401, code, message, {
    headers: {
      'WWW-Authenticate': `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="${message.replaceAll('"', "'")}"`,
    },
  });

/** Azure's sentences, gathered so that the code that decides stays readable. */
export const refusals = {
  noToken: () => invalidToken('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing."),
  badToken: () => invalidToken('InvalidAuthenticationToken', 'The access token is invalid.'),
  expiredToken: (expires: number, now: number) =>
    invalidToken(
      'ExpiredAuthenticationToken',
      `The access token expiry UTC time '${usTime(expires)}' is earlier than current UTC time '${usTime(now)}'.`,
    ),
  wrongAudience: (audience: string) =>
    invalidToken(
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.`,
    ),
  wrongTenant: (issuer: string, tenant: string) =>
    invalidToken(
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer 'https://sts.windows.net/${issuer}/'. It must match the tenant 'https://sts.windows.net/${tenant}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${tenant}' to get the token.`,
    ),
  unauthorized: (clientId: string, objectId: string, action: string, scope: string) =>
    new ArmError(
      403,
      'AuthorizationFailed',
      `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  denied: (
    caller: { clientId: string; objectId: string },
    action: string,
    scope: string,
    denial: { name: string; displayName: string; scope: string },
  ) =>
    new ArmError(
      403,
      'DenyAssignmentAuthorizationFailed',
      `The client '${caller.clientId}' with object id '${caller.objectId}' has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name '${denial.displayName}' and Id '${denial.name.replaceAll('-', '')}' at scope '${denial.scope}'.`,
    ),
  locked: (scope: string, locks: readonly string[], operation: 'delete' | 'write') =>
    new ArmError(
      409,
      'ScopeLocked',
      `The scope '${scope}' cannot perform ${operation} operation because following scope(s) are locked: ${locks.map(lock => `'${lock}'`).join(',')}. Please remove the lock and try again.`,
    ),
  linkedUnauthorized: (
    caller: { clientId: string; objectId: string },
    action: string,
    scope: string,
    linked: { action: string; id: string },
  ) =>
    new ArmError(
      403,
      'LinkedAuthorizationFailed',
      `The client '${caller.clientId}' with object id '${caller.objectId}' has permission to perform action '${action}' on scope '${scope}'; however, it does not have permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.id}' (respectively) or the linked scope(s) are invalid.`,
    ),
  linkedTenant: (action: string, scope: string, tenant: string, subscription: string) =>
    new ArmError(
      403,
      'LinkedAuthorizationFailed',
      `The client has permission to perform action '${action}' on scope '${scope}', however the current tenant '${tenant}' is not authorized to access linked subscription '${subscription}'.`,
    ),
  noApiVersion: () =>
    new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  noSubscription: (subscription: string) =>
    new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscription}' could not be found.`),
  noGroup: (name: string) => new ArmError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`),
  groupGoing: (name: string) =>
    new ArmError(
      409,
      'ResourceGroupBeingDeleted',
      `The resource group '${name}' is in deprovisioning state and cannot perform this operation.`,
    ),
  noResource: (typeAndName: string, group: string) =>
    new ArmError(
      404,
      'ResourceNotFound',
      `The Resource '${typeAndName}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
    ),
  noParent: (type: string, parent: string) =>
    new ArmError(
      404,
      'ParentResourceNotFound',
      `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`,
    ),
  noLinked: (linked: string, id: string) =>
    new ArmError(
      400,
      'InvalidResourceReference',
      `Resource ${linked} referenced by resource ${id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    ),
  otherLocation: (name: string, group: string, there: string, sent: string) =>
    new ArmError(
      409,
      'InvalidResourceLocation',
      `The resource '${name}' already exists in location '${there}' in resource group '${group}'. A resource with the same name cannot be created in location '${sent}'. Please select a new resource name.`,
    ),
  noLocation: (name: string) =>
    new ArmError(400, 'LocationRequired', `The location property is required for this definition of '${name}'.`),
  badBody: () =>
    new ArmError(400, 'InvalidRequestContent', 'The request content was invalid and could not be deserialized.'),
  condition: (etag: string) =>
    new ArmError(412, 'PreconditionFailed', `The condition '${etag}' set in the request is not met by the resource.`),
  busy: (id: string) =>
    new ArmError(
      409,
      'AnotherOperationInProgress',
      `Another operation on this or a dependent resource is in progress: ${id}.`,
    ),
  noOperation: (method: string, path: string) =>
    new ArmError(405, 'HttpMethodNotSupported', `The sandbox plays no ${method} on ${path}.`),
} as const;

/** `11/23/2026 5:00:00 AM`, as .NET writes it for an American. */
function usTime(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString('en-US', { timeZone: 'UTC' }).replace(',', '');
}
