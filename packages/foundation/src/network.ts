import { asString, isObject } from './json.ts';

/**
 * Why a connection broke, as the system or Node's fetch calls it (`ENOTFOUND`, `UND_ERR_SOCKET`, `CERT_HAS_EXPIRED`), from an error or
 * its causes. Undefined when it is nothing of the network; `ERR_…` are Node's codes for wrong arguments.
 */
export function networkCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; isObject(current) && depth < 5; current = current['cause'], depth++) {
    const code = asString(current['code']);
    if (code !== undefined && /^(?:E(?!RR_)[A-Z_]+|UND_[A-Z_]+|[A-Z_]*(?:CERT|SIGNATURE)[A-Z_]*)$/.test(code))
      return code;
  }
  return undefined;
}

/** A name that does not exist and a certificate that is not trusted stay so: trying again is of no use. */
export function isLastingCode(code: string): boolean {
  return /^(?:ENOTFOUND|.*(?:CERT|SIGNATURE).*)$/.test(code);
}
