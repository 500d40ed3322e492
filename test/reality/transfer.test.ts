import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '@suite/foundation';
import {
  chooseEntry,
  createTransfers,
  type Exchange,
  type ImageSource,
  nodeExchange,
  openLayout,
  openLayoutFiles,
  openSourceRegistry,
} from '@suite/registry';
import { crane, ggcrRegistry, needs, type RunningPeer, startPeer } from '../support/peers.ts';

/** Our transfer between two real registries, beside what their own client makes of the same images. */
const isThere = crane.path !== undefined && ggcrRegistry.path !== undefined;

/** A real registry speaks no TLS here: the address alone is another one. */
function connect(peer: RunningPeer, host: string) {
  const moved = (url: URL) => new URL(`http://${peer.firstLine}${url.pathname}${url.search}`);
  const exchange: Exchange = async request => {
    const answer = await nodeExchange({ ...request, url: moved(request.url) });
    return answer;
  };
  const there: typeof fetch = (input, init) => fetch(moved(new URL(String(input))), init);
  return { host, mask: () => undefined, clock: systemClock, exchange, fetch: there };
}

(isThere ? describe : describe.skip)(`transfers between registries: ${needs(ggcrRegistry)}, ${needs(crane)}`, () => {
  let directory: string;
  let from: RunningPeer;
  let to: RunningPeer;
  let source: (repository: string) => ImageSource;
  let transfers: ReturnType<typeof createTransfers>;

  const run = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(crane.path ?? '', args, {
      env: { HOME: directory, PATH: process.env['PATH'] ?? '' },
      encoding: 'buffer',
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  };
  const text = async (...args: readonly string[]) => (await run(...args)).toString('utf8').trim();

  /** An image of two platforms; the layer of each is larger than what goes in one request. */
  const pushIndex = async (name: string) => {
    const images = ['amd64', 'arm64'].map(async (platform, index) => {
      const file = join(directory, `${name.replace('/', '-')}-${platform}`);
      // Nothing that gzip makes smaller.
      await writeFile(file, randomBytes(6 * 1024 * 1024));
      await promisify(execFile)('tar', ['-C', directory, '-cf', `${file}.tar`, file.slice(directory.length + 1)]);
      const at = `${from.firstLine}/${name}:${platform}`;
      await run('append', '--oci-empty-base', '-f', `${file}.tar`, '-t', at);
      await run('mutate', at, '--set-platform', `linux/${platform}`, '-t', at, '--label', `n=${index}`);
      return at;
    });
    const manifests = (await Promise.all(images)).flatMap(image => ['-m', image]);
    await run('index', 'append', ...manifests, '-t', `${from.firstLine}/${name}:all`);
    return text('digest', `${from.firstLine}/${name}:all`);
  };
  /** Pushes something that refers to a digest, as tools that sign do. */
  const pushReferrer = async (name: string, digest: string) => {
    const size = (await run('manifest', `${from.firstLine}/${name}@${digest}`)).length;
    const blob = Buffer.from('{}');
    const config = `sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`;
    await fetch(`http://${from.firstLine}/v2/${name}/blobs/uploads/?digest=${config}`, { method: 'POST', body: blob });
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'text/signature',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: config, size: 2 },
      layers: [],
      subject: { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size },
    });
    const stored = await fetch(`http://${from.firstLine}/v2/${name}/manifests/signature`, {
      method: 'PUT',
      body: manifest,
      headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    });
    return stored.headers.get('docker-content-digest') ?? '';
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'transfer-'));
    [from, to] = await Promise.all([startPeer(ggcrRegistry), startPeer(ggcrRegistry)]);
    source = openSourceRegistry(connect(from, 'source.example'));
    transfers = createTransfers(connect(to, 'target.example'));
  });

  afterAll(async () => {
    await Promise.all([from?.stop(), to?.stop()]);
    await rm(directory, { recursive: true, force: true });
  });

  test('an index arrives as crane copies it, to the byte, and with what refers to it', async () => {
    const digest = await pushIndex('team/api');
    const signature = await pushReferrer('team/api', digest);
    const copy = { source: source('team/api'), digest, repository: 'shop/api', tags: ['v1'] };
    const result = await transfers.perform(await transfers.plan([copy]));
    expect(result).toMatchObject({ manifests: 4, blobs: 5 });
    await run('copy', `${from.firstLine}/team/api@${digest}`, `${to.firstLine}/crane/api:v1`);
    expect(await text('digest', `${to.firstLine}/shop/api:v1`)).toBe(digest);
    const ours = await run('manifest', `${to.firstLine}/shop/api:v1`);
    expect(ours).toEqual(await run('manifest', `${to.firstLine}/crane/api:v1`));
    const { manifests } = JSON.parse(ours.toString('utf8')) as { manifests: { digest: string }[] };
    for (const child of manifests) {
      const place = `shop/api@${child.digest}`;
      expect(await run('manifest', `${to.firstLine}/${place}`)).toEqual(
        await run('manifest', `${from.firstLine}/team/api@${child.digest}`),
      );
      await run('validate', '--remote', `${to.firstLine}/${place}`);
    }
    await run('validate', '--remote', `${to.firstLine}/shop/api:v1`);
    expect(await text('digest', `${to.firstLine}/shop/api@${signature}`)).toBe(signature);
    expect(await transfers.perform(await transfers.plan([copy]))).toMatchObject({
      bytes: 0,
      blobs: 0,
      manifests: 0,
      tags: [],
    });
  });

  test.each(['a directory', 'an archive'])('a layout that crane wrote arrives from %s', async kind => {
    const name = `layout/${kind === 'a directory' ? 'directory' : 'archive'}`;
    const digest = await pushIndex(name);
    const path = join(directory, name.replace('/', '-'), 'layout');
    await run('pull', '--format=oci', `${from.firstLine}/${name}@${digest}`, path);
    await promisify(execFile)('tar', ['-C', path, '-cf', `${path}.tar`, '.']);
    const layout = await openLayout(await openLayoutFiles(kind === 'a directory' ? path : `${path}.tar`));
    const entry = chooseEntry(layout);
    expect(entry.digest).toBe(digest);
    await transfers.perform(await transfers.plan([{ source: layout, digest, repository: name, tags: ['v1'] }]));
    await layout.close();
    await run('validate', '--remote', `${to.firstLine}/${name}:v1`);
    expect(await text('digest', `${to.firstLine}/${name}:v1`)).toBe(digest);
  });

  test('within one registry nothing is sent', async () => {
    const digest = await pushIndex('team/mounted');
    const within = createTransfers(connect(from, 'source.example'));
    const copy = { source: within.source('team/mounted'), digest, repository: 'team/again', tags: ['v1'] };
    const result = await within.perform(await within.plan([copy]));
    expect([result.bytes, result.mounts > 0]).toEqual([0, true]);
    await run('validate', '--remote', `${from.firstLine}/team/again:v1`);
  });
});
