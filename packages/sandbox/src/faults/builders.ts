import { escapeXml, json, type WorldRequest, type WorldResponse, xml } from '../network/http.ts';

/** Matches by method (`PUT`, or `*`), host (exact or `*.suffix`, or `*`) and a pattern in the path. */
export function on(method: string, host: string, path: RegExp = /^/): (request: WorldRequest) => boolean {
  return request =>
    (method === '*' || request.method === method) &&
    (host === '*' || request.host === host || (host.startsWith('*.') && request.host.endsWith(host.slice(1)))) &&
    path.test(request.path);
}

/** Matches requests to the resource manager. */
export function onArm(method: string, path: RegExp = /^/): (request: WorldRequest) => boolean {
  return on(method, 'management.azure.com', path);
}

/** 429 of the resource manager; `retryAfter` in seconds. */
export function throttled(retryAfter: number): WorldResponse {
  return armError(429, 'TooManyRequests', 'The request is being throttled as the limit has been reached.', {
    'Retry-After': String(retryAfter),
  });
}

/** An error in the form of the resource manager. */
export function armError(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): WorldResponse {
  return json(status, { error: { code, message } }, headers);
}

/** An error as AKS sends it: without the `error` around it. */
export function aksError(status: number, code: string, message: string): WorldResponse {
  return json(status, { code, details: null, message, subcode: '' });
}

export function blobError(status: number, code: string, message: string): WorldResponse {
  return xml(status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`, {
    'x-ms-error-code': code,
  });
}

/** An error of a registry (OCI distribution specification, "Error Codes"); `retryAfter` in seconds. */
export function registryError(status: number, code: string, retryAfter?: number): WorldResponse {
  const headers: Readonly<Record<string, string>> =
    retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) };
  return json(status, { errors: [{ code, message: 'made by a fault of the sandbox' }] }, headers);
}
