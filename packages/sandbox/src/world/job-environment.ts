import type { Oidc } from '../github/oidc.ts';
import type { Job } from '../github/subject.ts';

/** What a runner behind the company's proxy gives to every step: how to reach the network, and whom to trust. */
export function networkEnvironment(proxyUrl: string, caFile: string): Record<string, string> {
  // The runner exports both spellings; curl reads only the lower one for http.
  const direct = 'localhost,127.0.0.1,::1';
  return {
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    HTTP_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    NO_PROXY: direct,
    no_proxy: direct,
    NODE_EXTRA_CA_CERTS: caFile,
    SSL_CERT_FILE: caFile,
  };
}

/** {@link networkEnvironment}, and the variables by which a job with `id-token: write` asks for its tokens. */
export function jobEnvironment(job: Job, oidc: Oidc, proxyUrl: string, caFile: string): Record<string, string> {
  const { url, token } = oidc.requestFor(job);
  return {
    ...networkEnvironment(proxyUrl, caFile),
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
  };
}
