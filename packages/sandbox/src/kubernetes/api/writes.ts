import { isObject } from '@suite/foundation';
import { json, type WorldResponse } from '../../network/http.ts';
import { refusalOf } from '../access/attributes.ts';
import { admit } from '../admission/admit.ts';
import { pathInWords } from '../apply/field-set.ts';
import { patchTypeOf } from '../apply/merge-type.ts';
import { at, copyOf, type Fields, type KubeObject, type Metadata, strings, text } from '../objects.ts';
import { jsonPatch } from '../patch/json-patch.ts';
import { mergePatch } from '../patch/merge-patch.ts';
import { strategicPatch } from '../patch/strategic-patch.ts';
import { apiVersionOf, type ResourceType, storeKey } from '../resources/resource-type.ts';
import { unknownFields } from '../resources/unknown-fields.ts';
import { KubeError, refusals } from '../status.ts';
import { type Propagation, type Removal, type RemoveOptions, removeObject } from '../writes/remove.ts';
import { applyObject, createObject, updateObject, type WriteOptions } from '../writes/write.ts';
import { type ApiCall, demandObject, findObject, namespaceOf } from './call.ts';
import { contentType, readBody, viewOf } from './media.ts';
import { fieldValidationOf, isDryRun, managerOf } from './options.ts';
import { selectObjects } from './reads.ts';
import { answerObject, inVersion, showList } from './show.ts';

export async function postObject(call: ApiCall): Promise<WorldResponse> {
  const sent = readObjectOf(call, await readBody(call.request));
  demandNamespace(call);
  const warnings = judgeFields(call, sent);
  const created = createObject(call.cluster, call.type, sent, writeOptions(call, 'CREATE'));
  return answer(call, 201, created, warnings);
}

export async function putObject(call: ApiCall): Promise<WorldResponse> {
  const sent = readObjectOf(call, await readBody(call.request));
  const live = demandObject(call);
  if (needsVersion(call.type) && !sent.metadata.resourceVersion) {
    const message = 'Invalid value: 0: must be specified for an update';
    throw refusals.invalid({ ...call.type, kind: call.type.plural }, live.metadata.name, [
      { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
    ]);
  }
  const warnings = judgeFields(call, sent);
  return answer(call, 200, updateObject(call.cluster, call.type, live, sent, writeOptions(call, 'UPDATE')), warnings);
}

/** Types that are never replaced blindly (k8s.io/kubernetes, `AllowUnconditionalUpdate` of their strategies). */
function needsVersion(type: ResourceType): boolean {
  return type.custom !== undefined || conditional.has(storeKey(type));
}

const conditional = new Set([
  'csidrivers.storage.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'leases.coordination.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'poddisruptionbudgets.policy',
  'runtimeclasses.node.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
]);

const applyTypes = ['application/apply-patch+yaml'];
const jsonPatchType = 'application/json-patch+json';
const mergePatchType = 'application/merge-patch+json';
const strategicType = 'application/strategic-merge-patch+json';

export async function patchObject(call: ApiCall): Promise<WorldResponse> {
  const { request, type } = call;
  const kind = contentType(request);
  if (applyTypes.includes(kind)) return apply(call);
  const accepted = [
    jsonPatchType,
    mergePatchType,
    ...(type.custom === undefined ? [strategicType] : []),
    ...applyTypes,
  ];
  const patch = await readBody(request, accepted);
  const live = demandObject(call);
  const patched = readObjectOf(call, patchedBy(kind, inVersion(live, type), patch, type));
  const warnings = judgeFields(call, patched);
  return answer(call, 200, updateObject(call.cluster, type, live, patched, writeOptions(call, 'UPDATE')), warnings);
}

function patchedBy(kind: string, live: KubeObject, patch: unknown, type: ResourceType): unknown {
  try {
    if (kind === jsonPatchType) return jsonPatch(live, Array.isArray(patch) ? patch : []);
    if (kind === mergePatchType) return mergePatch(live, patch);
    return strategicPatch(live, at(patch), patchTypeOf(type.mergeName));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new KubeError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);
  }
}

/** Server-side apply; an object that does not exist is made, which takes the right to create. */
async function apply(call: ApiCall): Promise<WorldResponse> {
  const { request, type, cluster } = call;
  const body = await readBody(request, applyTypes);
  const sent = readObjectOf(call, body);
  if (!request.query.get('fieldManager')) {
    const message = 'Required value: is required for apply patch';
    throw refusals.invalidOptions('PatchOptions', 'fieldManager', { reason: 'FieldValueRequired', message });
  }
  if (Array.isArray(sent.metadata.managedFields) && sent.metadata.managedFields.length > 0) {
    throw refusals.badRequest('metadata.managedFields must be nil');
  }
  const unknown = unknownFields(type, sent);
  if (unknown.length > 0) {
    const { namespace = '' } = at(body, 'metadata');
    const place = `${namespace}/${sent.metadata.name}`;
    const lines = unknown.map(field => `${pathInWords(field, sent, type.merge)}: field not declared in schema`);
    const why = lines.length === 1 ? lines[0] : `errors:\n  ${lines.join('\n  ')}`;
    throw new KubeError(
      500,
      '',
      `failed to create typed patch object (${place}; ${apiVersionOf(type)}, Kind=${type.kind}): ${why}`,
    );
  }
  const live = findObject(call);
  if (live === undefined) demandCreation(call);
  const force = request.query.get('force') === 'true';
  const options = { ...writeOptions(call, live === undefined ? 'CREATE' : 'UPDATE'), force };
  const applied = applyObject(cluster, type, live, sent, options);
  return answer(call, live === undefined ? 201 : 200, applied, []);
}

function demandCreation(call: ApiCall): void {
  const { authorize, user, info, type } = call;
  if (info.subresource !== undefined) throw refusals.notFound(type, info.name ?? '');
  const attributes = { ...info.attributes, verb: 'create' };
  const decision = authorize(user, attributes);
  if (!decision.allowed) throw refusals.forbidden(type, info.name ?? '', refusalOf(user, attributes, decision));
  demandNamespace(call);
}

export async function deleteOne(call: ApiCall): Promise<WorldResponse> {
  const { type, cluster, request, user, authorize } = call;
  const options = await removeOptions(call);
  const live = demandObject(call);
  checkPreconditions(type, live, options.preconditions);
  admit({ cluster, type, user, authorize, operation: 'DELETE', dryRun: options.dryRun === true }, live, live);
  return answerRemoval(removeObject(cluster, type, live, options), type, viewOf(request, cluster.clock.now()));
}

function checkPreconditions(type: ResourceType, live: KubeObject, { uid, resourceVersion }: Readonly<Fields>): void {
  // The server names the kind here, where it names the resource elsewhere.
  const named = { ...type, plural: type.kind };
  const { metadata } = live;
  if (uid !== undefined && uid !== metadata.uid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
    throw refusals.conflict(named, metadata.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const why = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`;
    throw refusals.conflict(named, metadata.name, why);
  }
}

export async function deleteMany(call: ApiCall): Promise<WorldResponse> {
  const { type, cluster, request } = call;
  const options = await removeOptions(call);
  const doomed = selectObjects(call);
  for (const object of doomed) removeObject(cluster, type, object, options);
  const resourceVersion = String(cluster.store.version());
  return json(200, showList(doomed, type, viewOf(request, cluster.clock.now()), { resourceVersion }));
}

function answerRemoval(
  { outcome, object }: Removal,
  type: ResourceType,
  view: ReturnType<typeof viewOf>,
): WorldResponse {
  if (outcome === 'going') return answerObject(200, object, type, view);
  const { name, uid } = object.metadata;
  return json(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...(type.group === '' ? {} : { group: type.group }), kind: type.plural, uid },
  });
}

async function removeOptions({
  request,
}: ApiCall): Promise<RemoveOptions & { readonly preconditions: Readonly<Fields> }> {
  const body = (await request.body()).length === 0 ? {} : at(await readBody(request));
  const { query } = request;
  const asked = text(body['propagationPolicy']) ?? query.get('propagationPolicy') ?? undefined;
  const orphans = body['orphanDependents'] === true || query.get('orphanDependents') === 'true';
  const propagation = orphans ? 'Orphan' : (asked as Propagation | undefined);
  const grace = body['gracePeriodSeconds'] ?? query.get('gracePeriodSeconds') ?? undefined;
  const dryRun = isDryRun(query, 'DeleteOptions') || strings(body['dryRun']).includes('All');
  return {
    ...(propagation === undefined ? {} : { propagation }),
    ...(grace === undefined ? {} : { graceSeconds: Number(grace) }),
    dryRun,
    preconditions: at(body, 'preconditions'),
  };
}

export function writeOptions(call: ApiCall, operation: 'CREATE' | 'UPDATE'): WriteOptions {
  const { request, info, cluster, type, user, authorize } = call;
  const options = { create: 'CreateOptions', patch: 'PatchOptions' }[info.verb] ?? 'UpdateOptions';
  const dryRun = isDryRun(request.query, options);
  return {
    manager: managerOf(request),
    dryRun,
    ...(info.subresource === 'status' ? { subresource: 'status' } : {}),
    admit: (object, before) =>
      info.subresource === undefined
        ? admit({ cluster, type, user, authorize, operation, dryRun }, object, before)
        : undefined,
  };
}

function answer({ request, type, cluster }: ApiCall, status: number, object: KubeObject, warnings: readonly string[]) {
  return answerObject(status, object, type, viewOf(request, cluster.clock.now()), warnings);
}

/** What was sent, as an object of the type and place that the path names. */
function readObjectOf({ type, info }: ApiCall, sent: unknown): KubeObject {
  if (!isObject(sent)) throw refusals.badRequest('the body of the request is no object');
  const { apiVersion = apiVersionOf(type), kind = type.kind } = sent;
  if (apiVersion !== apiVersionOf(type) || kind !== type.kind) {
    throw refusals.badRequest(
      `${String(kind)} in version ${JSON.stringify(String(apiVersion))} cannot be handled as a ${type.kind}: the path is one of ${apiVersionOf(type)}`,
    );
  }
  const metadata = { ...at(sent, 'metadata') } as unknown as Metadata;
  const namespace = namespaceOf({ type, info });
  if (metadata.namespace !== undefined && metadata.namespace !== '' && metadata.namespace !== (namespace ?? '')) {
    throw refusals.badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  if (info.name !== undefined && metadata.name !== undefined && metadata.name !== info.name) {
    throw refusals.badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${info.name})`,
    );
  }
  if (info.name !== undefined) metadata.name = info.name;
  if (namespace === undefined) delete metadata.namespace;
  else metadata.namespace = namespace;
  return { ...copyOf(sent), apiVersion: apiVersionOf(type), kind: type.kind, metadata };
}

/** Fields that the type's schema does not know: refused, warned of or ignored, as the caller wishes. */
function judgeFields({ request, type }: ApiCall, sent: KubeObject): readonly string[] {
  const wish = fieldValidationOf(request.query);
  const unknown = wish === 'Ignore' ? [] : unknownFields(type, sent);
  const words = unknown.map(field => `unknown field ${JSON.stringify(field)}`);
  if (words.length > 0 && wish === 'Strict') {
    throw refusals.badRequest(
      `${type.kind} in version ${JSON.stringify(type.version)} cannot be handled as a ${type.kind}: strict decoding error: ${words.join(', ')}`,
    );
  }
  return words;
}

/** Nothing is made in a namespace that does not exist, or that is going away. */
function demandNamespace({ cluster, type, info }: ApiCall): void {
  if (!type.namespaced) return;
  const name = info.namespace ?? '';
  const namespace = cluster.store.get('namespaces', undefined, name);
  if (namespace === undefined) throw refusals.notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, name);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  const why = `unable to create new content in namespace ${name} because it is being terminated`;
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being terminated`,
    field: 'metadata.namespace',
  };
  throw refusals.forbidden(type, info.name ?? '', why, [cause]);
}
