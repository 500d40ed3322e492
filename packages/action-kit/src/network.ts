import { readFileSync } from 'node:fs';
import http from 'node:http';
import tls from 'node:tls';
import { UserError } from '@suite/foundation';
import type { Environment } from './context.ts';

/**
 * Makes every client in this process honour the proxy and certificate variables of the environment. `fetch` and the
 * Azure SDKs ignore `HTTPS_PROXY` until Node is told to (`http.setGlobalProxyFromEnv`, Node 24.14).
 */
export function configureNetwork(env: Environment): void {
  if (env['HTTPS_PROXY'] || env['https_proxy'] || env['HTTP_PROXY'] || env['http_proxy']) {
    if (typeof http.setGlobalProxyFromEnv !== 'function') {
      throw new UserError({
        message: `A proxy is set but the runner's Node ${process.version} cannot use it.`,
        remedy: 'Update the runner to 2.336.0 or newer (Node 24.14 or newer).',
      });
    }
    try {
      http.setGlobalProxyFromEnv(env as NodeJS.ProcessEnv);
    } catch {
      // Neither the address nor the cause is repeated: it may hold a password.
      throw new UserError({
        message: 'HTTPS_PROXY or HTTP_PROXY is no address of a proxy.',
        remedy: 'Use the form `http://proxy.example.com:8080`.',
      });
    }
  }
  // Node reads NODE_EXTRA_CA_CERTS by itself at start; SSL_CERT_FILE, which other tools read, it does not know.
  const file = env['SSL_CERT_FILE'];
  if (file && file !== env['NODE_EXTRA_CA_CERTS']) {
    const certificates = readCertificates(file);
    try {
      tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificates]);
    } catch (cause) {
      throw new UserError(
        {
          message: `SSL_CERT_FILE names ${file}, which holds no certificates.`,
          remedy: 'Point it to a PEM file, or unset it.',
        },
        { cause },
      );
    }
  }
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UserError(
      { message: `SSL_CERT_FILE names ${file}, which cannot be read.`, remedy: 'Point it to a PEM file, or unset it.' },
      { cause },
    );
  }
}

const passedOn = [
  'PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'USERPROFILE', 'PATHEXT', 'COMSPEC',
  'HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy',
  'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'RUNNER_TEMP', 'RUNNER_TOOL_CACHE', 'RUNNER_TRACKING_ID',
]; // biome-ignore format: a list to read across

/** The environment every child starts from: what a tool needs to run and to reach the network, and no secret. */
export function childEnvironment(env: Environment): Record<string, string> {
  const child: Record<string, string> = {};
  for (const name of passedOn) {
    const value = env[name];
    if (value !== undefined) child[name] = value;
  }
  // Go reads this file besides the system's certificate directories, so the company's own authority is added, not swapped.
  const extra = env['NODE_EXTRA_CA_CERTS'];
  if (extra && child['SSL_CERT_FILE'] === undefined) child['SSL_CERT_FILE'] = extra;
  return child;
}
