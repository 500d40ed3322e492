import { errorMessage, networkCode } from '@suite/foundation';
import type { Reach } from './ports.ts';

const timeoutMs = 5000;

/**
 * Through the runner's proxy, if it has one, which plain sockets would pass by. An answer of any kind is enough, and so is a
 * certificate that is not trusted here: clusters have an authority of their own.
 */
export function createReach(request: typeof fetch): Reach {
  return async host => {
    try {
      await request(`https://${host}/livez`, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
      return undefined;
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError')
        return `it did not answer within ${timeoutMs / 1000} s`;
      const code = networkCode(error) ?? '';
      if (/CERT|SIGNATURE/.test(code)) return undefined;
      if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name cannot be resolved (${code})`;
      return code === '' ? reasonOf(error) : `the connection failed (${code})`;
    }
  };
}

/** fetch says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? errorMessage(error.cause) : errorMessage(error);
}
