import type { RequestListener } from 'node:http';
import { asObject, errorMessage, type JsonObject } from '@suite/foundation';

/** An admission webhook that a test answers for. */
export interface AdmissionWebhook {
  readonly namespace: string;
  readonly name: string;
  readonly port?: number;
  /** Gets `request` of the AdmissionReview (admission.k8s.io/v1). */
  readonly review: (request: JsonObject) => Admission | Promise<Admission>;
}

export interface Admission {
  readonly allowed: boolean;
  /** Why not; the client gets 403 with it. */
  readonly message?: string;
  /** JSON patch (RFC 6902), for a mutating webhook. */
  readonly patch?: readonly object[];
}

export function reviewListener({ review }: Pick<AdmissionWebhook, 'review'>): RequestListener {
  return async (incoming, response) => {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { apiVersion, kind, request } = asObject(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      const { allowed, message, patch } = await review(asObject(request));
      const answer = {
        uid: asObject(request)['uid'],
        allowed,
        ...(message === undefined ? {} : { status: { code: 403, message } }),
        ...(patch === undefined
          ? {}
          : { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
      };
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ apiVersion, kind, response: answer }));
    } catch (error) {
      response.writeHead(500).end(errorMessage(error));
    }
  };
}
