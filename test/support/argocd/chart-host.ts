import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { packFiles, readArchive } from '../../../packages/sandbox/src/charts/archive.ts';
import { createAuthority } from '../control-plane/certificates.ts';

/** A repository of charts that Argo CD's own Helm pulls from, as people publish them with `helm repo index`. */
export interface ChartHost {
  /** `https://127.0.0.1:…`: Argo CD tells its Helm of no other. */
  readonly url: string;
  /** Of the authority that it is trusted by, PEM. */
  readonly certificate: string;
  /** Gives the digest of the archive. */
  publish(name: string, version: string, templates: Readonly<Record<string, string>>): string;
  close(): void;
}

export async function openChartHost(): Promise<ChartHost> {
  const archives = new Map<string, ReturnType<typeof readArchive>>();
  // JSON is YAML.
  const index = () => {
    const entries = [...archives].map(([file, { name, version, about, digest }]) => ({
      ...about,
      name,
      version,
      urls: [file],
      digest: digest.replace('sha256:', ''),
      created: '2026-01-01T00:00:00Z',
    }));
    return JSON.stringify({ apiVersion: 'v1', entries: Object.groupBy(entries, ({ name }) => name) });
  };
  const authority = await createAuthority('charts');
  const own = await authority.issue({ name: 'charts', use: 'server', ips: ['127.0.0.1'] });
  const server = createServer({ cert: own.certificate, key: own.key }, ({ url = '' }, response) => {
    const content = url === '/index.yaml' ? index() : archives.get(url.slice(1))?.content;
    response.statusCode = content === undefined ? 404 : 200;
    response.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    certificate: authority.certificate,
    publish: (name, version, templates) => {
      const archive = readArchive(
        packFiles(name, {
          'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
          ...Object.fromEntries(Object.entries(templates).map(([file, text]) => [`templates/${file}`, text])),
        }),
      );
      archives.set(`${name}-${version}.tgz`, archive);
      return archive.digest;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
