import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from './directory.ts';
import { scope, startAzure } from './testing.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let writer: Principal;
const account = `${scope}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/ststate`;
const host = 'https://ststate.blob.core.windows.net';
const block = { 'x-ms-blob-type': 'BlockBlob' };

const send = (
  who: Principal | undefined,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
) => azure.send(who, method, `${host}${path}`, { headers, ...(body === undefined ? {} : { body }) });
const code = async (answer: Promise<{ status: number; headers: Readonly<Record<string, string>> }>) => {
  const { status, headers } = await answer;
  return `${status} ${headers['x-ms-error-code']}`;
};
const put = (content: string, headers: Record<string, string> = {}) =>
  send(writer, 'PUT', '/tfstate/key', { ...block, ...headers }, content);
const lease = (action: string, headers: Record<string, string> = {}) =>
  send(writer, 'PUT', '/tfstate/key?comp=lease', {
    'x-ms-lease-action': action,
    'x-ms-lease-duration': '-1',
    ...headers,
  });

beforeEach(async () => {
  azure = await startAzure();
  azure.arm.create(`${scope}/resourceGroups/rg`, { location: 'westeurope' });
  azure.arm.create(account, { location: 'westeurope' });
  for (const name of ['tfstate', 'plans']) azure.arm.create(`${account}/blobServices/default/containers/${name}`, {});
  writer = azure.addPrincipal('writer', ['Storage Blob Data Contributor', account]);
});

describe('rights', () => {
  test('nobody gets in without a token for storage', async () => {
    const anonymous = await send(undefined, 'GET', '/tfstate?restype=container&comp=list');
    expect(anonymous).toMatchObject({
      status: 401,
      text: expect.stringContaining('<Code>NoAuthenticationInformation</Code>'),
    });
    expect(anonymous.headers['WWW-Authenticate']).toContain('resource_id=https://storage.azure.com');
    const url = `${host}/tfstate/key`;
    expect(await code(azure.send(writer, 'GET', url, { audience: 'https://management.azure.com' }))).toBe(
      '401 InvalidAuthenticationInfo',
    );
    expect(await code(azure.send(writer, 'GET', url, { isExpired: true }))).toBe('401 InvalidAuthenticationInfo');
    expect(await code(send(undefined, 'GET', '/tfstate/key', { authorization: 'SharedKey a:b' }))).toBe(
      '401 InvalidAuthenticationInfo',
    );
  });

  test('the rights of an owner over resources are none over data', async () => {
    const owner = azure.addPrincipal('owner', ['Owner', scope]);
    expect(await code(send(owner, 'GET', '/tfstate/key'))).toBe('403 AuthorizationPermissionMismatch');
  });

  test('a reader reads, and a container can be a scope', async () => {
    await put('{}');
    const reader = azure.addPrincipal('reader', [
      'Storage Blob Data Reader',
      `${account}/blobServices/default/containers/tfstate`,
    ]);
    expect(await send(reader, 'GET', '/tfstate/key')).toMatchObject({ status: 200, text: '{}' });
    expect(await code(send(reader, 'PUT', '/tfstate/key', block, 'x'))).toBe('403 AuthorizationPermissionMismatch');
    expect(await code(send(reader, 'DELETE', '/tfstate/key'))).toBe('403 AuthorizationPermissionMismatch');
    expect(await code(send(reader, 'PUT', '/tfstate/key?comp=lease', { 'x-ms-lease-action': 'acquire' }))).toBe(
      '403 AuthorizationPermissionMismatch',
    );
    expect(await code(send(reader, 'GET', '/plans/key'))).toBe('403 AuthorizationPermissionMismatch');
  });

  test('whoever may only add makes a blob, and neither replaces nor reads it', async () => {
    const add = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action';
    azure.access.define({
      name: '44444444-4444-4444-4444-444444444444',
      roleName: 'Adder',
      description: '',
      type: 'CustomRole',
      actions: [],
      notActions: [],
      dataActions: [add],
      notDataActions: [],
    });
    const adder = azure.addPrincipal('adder', ['Adder', account]);
    expect(await send(adder, 'PUT', '/plans/one', block, 'x')).toMatchObject({ status: 201 });
    expect(await code(send(adder, 'PUT', '/plans/one', block, 'y'))).toBe('403 AuthorizationPermissionMismatch');
    expect(await code(send(adder, 'GET', '/plans/one'))).toBe('403 AuthorizationPermissionMismatch');
  });
});

describe('blobs', () => {
  test('what is missing', async () => {
    expect(await code(send(writer, 'GET', '/nowhere?restype=container&comp=list'))).toBe('404 ContainerNotFound');
    expect(await code(send(writer, 'PUT', '/nowhere/key', block, 'x'))).toBe('404 ContainerNotFound');
    expect(await code(send(writer, 'HEAD', '/tfstate/key'))).toBe('404 BlobNotFound');
    expect(await code(send(writer, 'PUT', '/tfstate/key?comp=block', {}, 'x'))).toBe('404 BlobNotFound');
  });

  test('content and metadata are replaced together; metadata alone leaves the content', async () => {
    await put('one', { 'x-ms-meta-terraformlockid': 'aWQ=' });
    const head = await send(writer, 'HEAD', '/tfstate/key');
    expect(head.headers).toMatchObject({
      'x-ms-meta-terraformlockid': 'aWQ=',
      'x-ms-lease-status': 'unlocked',
      'Content-Length': '3',
    });
    await send(writer, 'PUT', '/tfstate/key?comp=metadata', { 'x-ms-meta-other': '1' });
    const changed = await send(writer, 'GET', '/tfstate/key');
    expect(changed).toMatchObject({ text: 'one', headers: { 'x-ms-meta-other': '1' } });
    expect(changed.headers['x-ms-meta-terraformlockid']).toBeUndefined();
    await put('two');
    expect((await send(writer, 'GET', '/tfstate/key')).headers['x-ms-meta-other']).toBeUndefined();
  });

  test('conditions', async () => {
    const first = await put('one', { 'if-none-match': '*' });
    const etag = first.headers['ETag'] ?? '';
    expect(first.status).toBe(201);
    expect(await code(put('two', { 'if-none-match': '*' }))).toBe('409 BlobAlreadyExists');
    expect(await put('two', { 'if-match': etag })).toMatchObject({ status: 201 });
    expect(await code(put('three', { 'if-match': etag }))).toBe('412 ConditionNotMet');
    const now = (await send(writer, 'GET', '/tfstate/key')).headers['ETag'] ?? '';
    expect(await send(writer, 'GET', '/tfstate/key', { 'if-none-match': now })).toMatchObject({ status: 304 });
    expect(await code(send(writer, 'DELETE', '/tfstate/key', { 'if-match': etag }))).toBe('412 ConditionNotMet');
  });

  test('lists by prefix, page by page, with names made safe', async () => {
    for (const name of ['a/1', 'a/2', 'b/<&>'])
      await send(writer, 'PUT', `/plans/${encodeURIComponent(name)}`, block, name);
    const some = await send(writer, 'GET', '/plans?restype=container&comp=list&prefix=a/&maxresults=1');
    expect(some.text).toContain('<Name>a/1</Name>');
    expect(some.text).toContain('<NextMarker>a/2</NextMarker>');
    const rest = await send(writer, 'GET', '/plans?restype=container&comp=list&marker=a/2');
    expect(rest.text).toContain('<Name>a/2</Name>');
    expect(rest.text).toContain('<Name>b/&#60;&#38;&#62;</Name>');
    expect(rest.text).not.toContain('<Name>a/1</Name>');
  });

  test('containers come and go', async () => {
    expect(await send(writer, 'PUT', '/more?restype=container')).toMatchObject({ status: 201 });
    expect(await code(send(writer, 'PUT', '/more?restype=container'))).toBe('409 ContainerAlreadyExists');
    expect((await send(writer, 'GET', '/?comp=list')).text).toContain('<Name>more</Name>');
    expect(await send(writer, 'DELETE', '/more?restype=container')).toMatchObject({ status: 202 });
    expect(await code(send(writer, 'GET', '/more?restype=container'))).toBe('404 ContainerNotFound');
  });
});

describe('leases', () => {
  const id = '11111111-1111-1111-1111-111111111111';
  const other = '22222222-2222-2222-2222-222222222222';

  beforeEach(() => put('{}'));

  test('a held lease keeps others from writing, not from reading', async () => {
    const taken = await lease('acquire', { 'x-ms-proposed-lease-id': id });
    expect(taken).toMatchObject({ status: 201, headers: { 'x-ms-lease-id': id } });
    expect(await code(lease('acquire'))).toBe('409 LeaseAlreadyPresent');
    expect(await lease('acquire', { 'x-ms-proposed-lease-id': id })).toMatchObject({ status: 201 });
    expect(await code(put('x'))).toBe('412 LeaseIdMissing');
    expect(await code(put('x', { 'x-ms-lease-id': other }))).toBe('412 LeaseIdMismatchWithBlobOperation');
    expect(await code(send(writer, 'PUT', '/tfstate/key?comp=metadata'))).toBe('412 LeaseIdMissing');
    expect(await code(send(writer, 'DELETE', '/tfstate/key'))).toBe('412 LeaseIdMissing');
    expect(await send(writer, 'GET', '/tfstate/key')).toMatchObject({
      status: 200,
      headers: { 'x-ms-lease-status': 'locked', 'x-ms-lease-state': 'leased', 'x-ms-lease-duration': 'infinite' },
    });
    expect(await put('y', { 'x-ms-lease-id': id })).toMatchObject({ status: 201 });
    expect(await code(put('x'))).toBe('412 LeaseIdMissing');
  });

  test('one that was released by another is lost to its holder', async () => {
    await lease('acquire', { 'x-ms-proposed-lease-id': id });
    expect(await code(lease('release', { 'x-ms-lease-id': other }))).toBe('409 LeaseIdMismatchWithLeaseOperation');
    expect(await lease('release', { 'x-ms-lease-id': id })).toMatchObject({ status: 200 });
    expect(await code(put('x', { 'x-ms-lease-id': id }))).toBe('412 LeaseLost');
    expect(await code(put('x', { 'x-ms-lease-id': other }))).toBe('412 LeaseNotPresentWithBlobOperation');
    expect(await put('x')).toMatchObject({ status: 201 });
  });

  test('a lease of fixed length ends by itself unless renewed', async () => {
    await lease('acquire', { 'x-ms-proposed-lease-id': id, 'x-ms-lease-duration': '15' });
    azure.clock.advance(10_000);
    expect(await lease('renew', { 'x-ms-lease-id': id })).toMatchObject({ status: 200 });
    azure.clock.advance(10_000);
    expect(await code(put('x'))).toBe('412 LeaseIdMissing');
    azure.clock.advance(5_000);
    expect(await code(put('x', { 'x-ms-lease-id': id }))).toBe('412 LeaseLost');
    expect(await put('x')).toMatchObject({ status: 201 });
    expect(await code(lease('acquire', { 'x-ms-lease-duration': '5' }))).toBe('400 InvalidHeaderValue');
  });

  test('change and break', async () => {
    expect(await code(lease('break'))).toBe('409 LeaseNotPresentWithLeaseOperation');
    await lease('acquire', { 'x-ms-proposed-lease-id': id });
    expect(await lease('change', { 'x-ms-lease-id': id, 'x-ms-proposed-lease-id': other })).toMatchObject({
      status: 200,
    });
    expect(await put('x', { 'x-ms-lease-id': other })).toMatchObject({ status: 201 });
    expect(await lease('break')).toMatchObject({ status: 202, headers: { 'x-ms-lease-time': '0' } });
    expect((await send(writer, 'HEAD', '/tfstate/key')).headers['x-ms-lease-state']).toBe('broken');
    expect(await lease('acquire')).toMatchObject({ status: 201 });
  });
});
