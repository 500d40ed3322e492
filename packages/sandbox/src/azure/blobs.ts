import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '@suite/foundation';
import {
  bearer,
  escapeXml,
  type Handler,
  header,
  type WorldRequest,
  type WorldResponse,
  xml,
} from '../network/http.ts';
import type { AccessControl } from './access.ts';
import { changeLease, judgeUse, type LeaseAction, leaseState, type Refusal } from './blob-lease.ts';
import {
  addContainer,
  type Blob,
  type Container,
  makeBlobEtag,
  putBlob,
  type StorageAccount,
  type StorageAccounts,
} from './blob-store.ts';
import type { TokenMint } from './tokens.ts';

export const blobSuffix = '.blob.core.windows.net';

export interface BlobOptions {
  readonly clock: Clock;
  readonly accounts: StorageAccounts;
  readonly mint: TokenMint;
  readonly access: AccessControl;
}

interface Call {
  readonly request: WorldRequest;
  readonly account: StorageAccount;
  readonly now: number;
  /** Refuses unless the caller may perform a data action (`read`, `write`, …) or, for containers, a control action. */
  readonly demand: (kind: 'blob' | 'container', verb: string, container: string | undefined) => void;
  /** Whether the caller may perform a data action. */
  readonly may: (verb: string, container: string | undefined) => boolean;
}

/** Plays `*.blob.core.windows.net` for tokens of Entra: accounts have neither keys nor signatures. */
export function createBlobService(options: BlobOptions): Handler {
  return async request => {
    const requestId = randomUUID();
    const headers = {
      'x-ms-request-id': requestId,
      'x-ms-version': header(request, 'x-ms-version') ?? '2025-05-05',
      ...pick(request, 'x-ms-client-request-id'),
    };
    try {
      const account = options.accounts.get(request.host.slice(0, -blobSuffix.length));
      if (account === undefined) throw new BlobError(refusals.noAccount);
      const objectId = await authenticate(request, account, options);
      const scopeOf = (container: string | undefined) =>
        `${account.resourceId}/blobServices/default${container === undefined ? '' : `/containers/${container}`}`;
      const may: Call['may'] = (verb, container) =>
        options.access.permits(objectId, `${containerType}/blobs/${verb}`, scopeOf(container), 'data');
      const demand: Call['demand'] = (kind, verb, container) => {
        const isAllowed =
          kind === 'blob'
            ? may(verb, container)
            : options.access.permits(objectId, `${containerType}/${verb}`, scopeOf(container));
        if (!isAllowed) throw new BlobError(refusals.permission);
      };
      const answer = await route({ request, account, now: options.clock.now(), demand, may });
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof BlobError)) throw error;
      const { status, code, message } = error.refusal;
      const time = new Date(options.clock.now()).toISOString().replace('Z', '0000Z');
      const text = `${escapeXml(message)}\nRequestId:${requestId}\nTime:${time}`;
      return xml(status, `<Error><Code>${code}</Code><Message>${text}</Message></Error>`, {
        ...headers,
        'x-ms-error-code': code,
        ...error.headers,
      });
    }
  };
}

const containerType = 'Microsoft.Storage/storageAccounts/blobServices/containers';

class BlobError extends Error {
  readonly refusal: Refusal;
  readonly headers: Readonly<Record<string, string>>;

  constructor(refusal: Refusal, headers: Readonly<Record<string, string>> = {}) {
    super(refusal.message);
    this.refusal = refusal;
    this.headers = headers;
  }
}

async function authenticate(request: WorldRequest, account: StorageAccount, options: BlobOptions): Promise<string> {
  const challenge = {
    'WWW-Authenticate': `Bearer authorization_uri=https://login.microsoftonline.com/${account.tenant}/oauth2/authorize resource_id=https://storage.azure.com`,
  };
  const presented = bearer(request);
  if (presented === undefined) {
    const isAnonymous = header(request, 'authorization') === undefined;
    throw new BlobError(isAnonymous ? refusals.anonymous : refusals.badToken, challenge);
  }
  const token = await options.mint.read(presented);
  const isForStorage = ['https://storage.azure.com', `https://${request.host}`].includes(
    token?.audience.replace(/\/$/, '') ?? '',
  );
  const isValid = token !== undefined && isForStorage && token.tenant === account.tenant;
  if (!isValid || options.clock.now() >= token.expires * 1000) throw new BlobError(refusals.badToken, challenge);
  return token.objectId;
}

async function route(call: Call): Promise<WorldResponse> {
  const { request, account } = call;
  const [containerName = '', ...rest] = request.path.split('/').slice(1);
  const blobName = decodeURIComponent(rest.join('/'));
  const comp = request.query.get('comp');
  if (containerName === '') {
    if (request.method === 'GET' && comp === 'list') return listContainers(call);
    throw new BlobError(refusals.unsupported);
  }
  if (request.query.get('restype') === 'container') {
    if (comp === 'list' && request.method === 'GET') {
      call.demand('blob', 'read', containerName);
      return listBlobs(findContainer(account, containerName), call);
    }
    if (comp === null) return containerItself(call, containerName);
    throw new BlobError(refusals.unsupported);
  }
  return blobItself(call, containerName, blobName, comp);
}

function containerItself({ request, account, now, demand }: Call, name: string): WorldResponse {
  switch (request.method) {
    case 'PUT': {
      demand('container', 'write', name);
      if (account.containers.has(name)) throw new BlobError(refusals.containerExists);
      const { etag } = addContainer(account, name, now);
      return { status: 201, headers: { ETag: etag, 'Last-Modified': httpDate(now) } };
    }
    case 'GET':
    case 'HEAD': {
      demand('container', 'read', name);
      const { etag, modified } = findContainer(account, name);
      return {
        status: 200,
        headers: {
          ETag: etag,
          'Last-Modified': httpDate(modified),
          'x-ms-lease-state': 'available',
          'x-ms-lease-status': 'unlocked',
        },
      };
    }
    case 'DELETE':
      demand('container', 'delete', name);
      findContainer(account, name);
      account.containers.delete(name);
      return { status: 202 };
    default:
      throw new BlobError(refusals.unsupported);
  }
}

async function blobItself(
  call: Call,
  containerName: string,
  name: string,
  comp: string | null,
): Promise<WorldResponse> {
  const { request, account, now, demand } = call;
  const { method } = request;
  // Everything below happens at once: what is decided and what is done are not parted by waiting.
  const content = await request.body();
  const existing = account.containers.get(containerName)?.blobs.get(name);
  if (method === 'PUT' && comp === null) {
    demandWrite(call, containerName, existing);
    return putContent(call, findContainer(account, containerName), name, content);
  }
  const writes = method === 'PUT' || method === 'DELETE';
  demand('blob', method === 'DELETE' ? 'delete' : writes ? 'write' : 'read', containerName);
  const container = findContainer(account, containerName);
  if (existing === undefined) throw new BlobError(refusals.noBlob);
  if (method === 'PUT' && comp === 'lease') return leaseBlob(call, container, existing);
  if (comp !== null && comp !== 'metadata') throw new BlobError(refusals.unsupported);
  judgeConditions(request, existing, writes);
  judgeLease(existing, call, writes);
  if (method === 'PUT') {
    const changed = { ...existing, metadata: metadataOf(request), etag: makeBlobEtag(), modified: now };
    container.blobs.set(name, changed);
    return { status: 200, headers: { ...versionOf(changed), 'x-ms-request-server-encrypted': 'true' } };
  }
  if (method === 'DELETE') {
    container.blobs.delete(name);
    return { status: 202, headers: { 'x-ms-delete-type-permanent': 'true' } };
  }
  if (method !== 'GET' && method !== 'HEAD') throw new BlobError(refusals.unsupported);
  if (comp === 'metadata') return { status: 200, headers: { ...versionOf(existing), ...metadataHeaders(existing) } };
  return { status: 200, headers: propertiesOf(existing, now), body: existing.content };
}

/** Whoever may only add can make a blob but not replace one. */
function demandWrite({ demand, may }: Call, container: string, existing: Blob | undefined): void {
  if (existing === undefined && may('add/action', container)) return;
  demand('blob', 'write', container);
}

function putContent(call: Call, container: Container, name: string, content: Buffer): WorldResponse {
  const { request, now } = call;
  const existing = container.blobs.get(name);
  if (header(request, 'x-ms-blob-type')?.toLowerCase() !== 'blockblob') throw new BlobError(refusals.unsupported);
  judgeConditions(request, existing, true);
  judgeLease(existing, call, true);
  const contentType = header(request, 'x-ms-blob-content-type') ?? header(request, 'content-type');
  const sent = { name, content, metadata: metadataOf(request), ...(contentType === undefined ? {} : { contentType }) };
  const headers = { ...versionOf(putBlob(container, sent, now)), 'Content-MD5': md5(content) };
  return { status: 201, headers: { ...headers, 'x-ms-request-server-encrypted': 'true' } };
}

function leaseBlob({ request, now }: Call, container: Container, blob: Blob): WorldResponse {
  judgeConditions(request, blob, true);
  const outcome = changeLease(blob.lease, now, leaseActionOf(request));
  if ('refusal' in outcome) throw new BlobError(outcome.refusal);
  container.blobs.set(blob.name, { ...blob, lease: outcome.lease });
  const isBreak = outcome.status === 202;
  return {
    status: outcome.status,
    headers: { ...versionOf(blob), ...(isBreak ? { 'x-ms-lease-time': '0' } : { 'x-ms-lease-id': outcome.lease.id }) },
  };
}

function leaseActionOf(request: WorldRequest): LeaseAction {
  const kind = header(request, 'x-ms-lease-action')?.toLowerCase();
  const id = header(request, 'x-ms-lease-id');
  const proposedId = header(request, 'x-ms-proposed-lease-id');
  switch (kind) {
    case 'acquire':
      return { kind, duration: Number(header(request, 'x-ms-lease-duration') ?? Number.NaN), proposedId };
    case 'renew':
    case 'release':
      return { kind, id };
    case 'change':
      return { kind, id, proposedId };
    case 'break':
      return { kind };
    default:
      throw new BlobError(refusals.badHeader);
  }
}

function listContainers({ account, demand }: Call): WorldResponse {
  demand('container', 'read', undefined);
  const containers = [...account.containers.values()].map(
    ({ name, etag, modified }) =>
      `<Container><Name>${escapeXml(name)}</Name><Properties><Last-Modified>${httpDate(modified)}</Last-Modified><Etag>${escapeXml(etag)}</Etag></Properties></Container>`,
  );
  return xml(
    200,
    `<EnumerationResults ServiceEndpoint="https://${account.name}${blobSuffix}/"><Containers>${containers.join('')}</Containers><NextMarker /></EnumerationResults>`,
  );
}

function listBlobs(container: Container, { request, account, now }: Call): WorldResponse {
  const prefix = request.query.get('prefix') ?? '';
  const withMetadata = (request.query.get('include') ?? '').split(',').includes('metadata');
  const limit = Number(request.query.get('maxresults') ?? 5000);
  const marker = request.query.get('marker') ?? '';
  const found = [...container.blobs.values()]
    .filter(blob => blob.name.startsWith(prefix) && blob.name >= marker)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const blobs = found.slice(0, limit).map(blob => {
    const state = leaseState(blob.lease, now);
    const properties = [
      element('Creation-Time', httpDate(blob.created)),
      element('Last-Modified', httpDate(blob.modified)),
      element('Etag', blob.etag),
      element('Content-Length', String(blob.content.length)),
      element('Content-Type', blob.contentType),
      element('Content-MD5', md5(blob.content)),
      element('BlobType', 'BlockBlob'),
      element('LeaseStatus', state === 'leased' ? 'locked' : 'unlocked'),
      element('LeaseState', state),
      element('ServerEncrypted', 'true'),
    ];
    const metadata = Object.entries(blob.metadata).map(([name, value]) => element(name, value));
    return `<Blob>${element('Name', blob.name)}<Properties>${properties.join('')}</Properties>${withMetadata ? `<Metadata>${metadata.join('')}</Metadata>` : ''}</Blob>`;
  });
  const next = found[limit];
  return xml(
    200,
    `<EnumerationResults ServiceEndpoint="https://${account.name}${blobSuffix}/" ContainerName="${escapeXml(container.name)}">${element('Prefix', prefix)}<Blobs>${blobs.join('')}</Blobs>${next === undefined ? '<NextMarker />' : element('NextMarker', next.name)}</EnumerationResults>`,
  );
}

function element(name: string, value: string): string {
  return `<${name}>${escapeXml(value)}</${name}>`;
}

function findContainer(account: StorageAccount, name: string): Container {
  const container = account.containers.get(name);
  if (container === undefined) throw new BlobError(refusals.noContainer);
  return container;
}

function judgeLease(blob: Blob | undefined, { request, now }: Call, writes: boolean): void {
  const refusal = judgeUse(blob?.lease, now, header(request, 'x-ms-lease-id'), writes);
  if (refusal !== undefined) throw new BlobError(refusal);
}

function judgeConditions(request: WorldRequest, blob: Blob | undefined, writes: boolean): void {
  const ifMatch = header(request, 'if-match');
  const ifNoneMatch = header(request, 'if-none-match');
  if (ifMatch !== undefined && (blob === undefined || (ifMatch !== '*' && !sameEtag(ifMatch, blob.etag)))) {
    throw new BlobError(refusals.condition);
  }
  if (ifNoneMatch === undefined || blob === undefined) return;
  if (ifNoneMatch === '*' && writes) throw new BlobError(refusals.blobExists);
  if (ifNoneMatch === '*' || sameEtag(ifNoneMatch, blob.etag)) {
    throw new BlobError(writes ? refusals.condition : { ...refusals.condition, status: 304 });
  }
}

function sameEtag(sent: string, etag: string): boolean {
  return sent.replaceAll('"', '') === etag.replaceAll('"', '');
}

function metadataOf(request: WorldRequest): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(request.headers)) {
    if (name.startsWith('x-ms-meta-')) metadata[name.slice('x-ms-meta-'.length)] = header(request, name) ?? '';
  }
  return metadata;
}

function metadataHeaders(blob: Blob): Record<string, string> {
  return Object.fromEntries(Object.entries(blob.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]));
}

function versionOf(blob: Blob): Record<string, string> {
  return { ETag: blob.etag, 'Last-Modified': httpDate(blob.modified) };
}

function propertiesOf(blob: Blob, now: number): Record<string, string> {
  const state = leaseState(blob.lease, now);
  const isLeased = state === 'leased';
  return {
    ...versionOf(blob),
    ...metadataHeaders(blob),
    'Content-Type': blob.contentType,
    'Content-Length': String(blob.content.length),
    'Content-MD5': md5(blob.content),
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': httpDate(blob.created),
    'x-ms-lease-state': state,
    'x-ms-lease-status': isLeased ? 'locked' : 'unlocked',
    ...(isLeased ? { 'x-ms-lease-duration': blob.lease?.duration === -1 ? 'infinite' : 'fixed' } : {}),
    'x-ms-server-encrypted': 'true',
  };
}

function pick(request: WorldRequest, name: string): Record<string, string> {
  const value = header(request, name);
  return value === undefined ? {} : { [name]: value };
}

function md5(content: Buffer): string {
  return createHash('md5').update(content).digest('base64');
}

function httpDate(milliseconds: number): string {
  return new Date(milliseconds).toUTCString();
}

const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message });
const authenticationHelp =
  'Server failed to authenticate the request. Please refer to the information in the www-authenticate header.';

/** Codes and sentences of the Blob service (Microsoft Learn, "Blob service error codes"). */
const refusals = {
  noAccount: refuse(404, 'ResourceNotFound', 'The specified resource does not exist.'),
  anonymous: refuse(401, 'NoAuthenticationInformation', authenticationHelp),
  badToken: refuse(401, 'InvalidAuthenticationInfo', authenticationHelp),
  permission: refuse(
    403,
    'AuthorizationPermissionMismatch',
    'This request is not authorized to perform this operation using this permission.',
  ),
  noContainer: refuse(404, 'ContainerNotFound', 'The specified container does not exist.'),
  containerExists: refuse(409, 'ContainerAlreadyExists', 'The specified container already exists.'),
  noBlob: refuse(404, 'BlobNotFound', 'The specified blob does not exist.'),
  blobExists: refuse(409, 'BlobAlreadyExists', 'The specified blob already exists.'),
  condition: refuse(412, 'ConditionNotMet', 'The condition specified using HTTP conditional header(s) is not met.'),
  badHeader: refuse(400, 'InvalidHeaderValue', 'The value for one of the HTTP headers is not in the correct format.'),
  unsupported: refuse(501, 'NotImplemented', 'The sandbox does not play this operation of the Blob service.'),
};
