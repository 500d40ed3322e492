import { type Clock, isObject } from '@suite/foundation';

/** What became of asking for a page. */
export type Visit =
  | { readonly is: 'answered'; readonly status: number }
  /** Somebody answers whose certificate this runner does not trust. */
  | { readonly is: 'untrusted'; readonly why: string }
  /** Nobody could be asked from here: no name, no way, no answer. */
  | { readonly is: 'unreachable'; readonly why: string };

/** As long as a person would wait for a page. */
const patienceMs = 10_000;

/** Codes of Node's TLS for certificates that are not what they should be (doc/api/tls.md, X.509 certificate error codes). */
const distrust = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** `fetch` goes through the runner's proxy and trusts its authorities, as everything here does. */
export function visitOver(fetchPage: typeof fetch, clock: Clock) {
  return async (url: string, signal: AbortSignal): Promise<Visit> => {
    const [over, done] = [new AbortController(), new AbortController()];
    clock.sleep(patienceMs, done.signal).then(
      () => over.abort(),
      () => undefined,
    );
    try {
      const response = await fetchPage(url, { redirect: 'manual', signal: AbortSignal.any([signal, over.signal]) });
      await response.body?.cancel();
      return { is: 'answered', status: response.status };
    } catch (error) {
      if (signal.aborted) throw error;
      if (over.signal.aborted) return { is: 'unreachable', why: `no answer within ${patienceMs / 1000} s` };
      const { code, message } = deepestCause(error);
      const why = code ?? message;
      return { is: code !== undefined && distrust.test(code) ? 'untrusted' : 'unreachable', why };
    } finally {
      done.abort();
    }
  };
}

/** `fetch` says only that it failed; why is below. */
function deepestCause(error: unknown): { readonly code: string | undefined; readonly message: string } {
  let current = error;
  while (isObject(current) && isObject(current['cause'])) current = current['cause'];
  const { code, message } = isObject(current) ? current : {};
  return {
    code: typeof code === 'string' ? code : undefined,
    message: typeof message === 'string' && message !== '' ? message : String(error),
  };
}
