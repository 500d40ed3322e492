import { parse } from 'yaml';
import { header, type WorldRequest } from '../../network/http.ts';
import { protobufType, readProtobuf } from '../resources/protobuf.ts';
import { KubeError, refusals } from '../status.ts';

/** How the answer is to look, and when it is looked at: tables tell ages. */
export interface View {
  readonly form: 'object' | 'metadata' | 'table';
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Reads `Accept`: the first form that is served wins. */
export function viewOf(request: WorldRequest, now: number): View {
  const accepted = (header(request, 'accept') ?? '*/*').split(',').map(one => one.trim());
  for (const one of accepted) {
    const [media = '', ...parameters] = one.split(';').map(part => part.trim());
    const as = parameters.find(part => part.startsWith('as='))?.slice(3);
    if (!['application/json', '*/*', 'application/*', ''].includes(media)) continue;
    if (as === undefined) return { form: 'object', now };
    if (as === 'Table' && parameters.includes('v=v1')) return { form: 'table', now };
    if (as.startsWith('PartialObjectMetadata')) return { form: 'metadata', now };
  }
  throw new KubeError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io, application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  );
}

export function contentType(request: WorldRequest): string {
  return (header(request, 'content-type') ?? 'application/json').split(';')[0]?.trim() ?? '';
}

/** The body as JSON, whichever of both forms it was sent in. */
export async function readBody(request: WorldRequest, accepted: readonly string[] = bodies): Promise<unknown> {
  if (contentType(request) === protobufType && accepted.includes('application/json')) {
    const read = readProtobuf(await request.body());
    if (read !== undefined) return read;
  }
  if (!accepted.includes(contentType(request)))
    throw refusals.mediaType(accepted === bodies ? [...bodies, protobufType] : accepted);
  const sent = (await request.body()).toString('utf8');
  try {
    return contentType(request).endsWith('yaml') ? parse(sent) : JSON.parse(sent);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refusals.badRequest(`error decoding the body of the request: ${why}`);
  }
}

const bodies = ['application/json', 'application/yaml'];
