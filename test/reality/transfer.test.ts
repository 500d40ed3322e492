import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { systemClock } from '@suite/foundation';
import {
  chooseEntry,
  createTransfers,
  type ImageSource,
  openLayout,
  openLayoutFiles,
  openSourceRegistry,
} from '@suite/registry';
import { crane, distribution, ggcrRegistry, needs, type RunningPeer, startPeer } from '../support/peers.ts';
import { plainRegistry } from '../support/plain-registry.ts';

interface Blob {
  readonly digest: string;
  readonly size: number;
}

interface Index {
  readonly manifests: readonly Blob[];
}

interface Image {
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

/** Our transfer between two real registries of a kind, beside what a client of others makes of the same images. */
function connect(peer: RunningPeer, host: string) {
  return { ...plainRegistry(peer.firstLine), host, mask: () => undefined, clock: systemClock };
}

describe.each([
  { registry: ggcrRegistry, keepsReferrers: true },
  { registry: distribution, keepsReferrers: false },
])('$registry.name', ({ registry, keepsReferrers }) => {
  const isThere = crane.path !== undefined && registry.path !== undefined;
  (isThere ? describe : describe.skip)(`transfers between registries: ${needs(registry)}, ${needs(crane)}`, () => {
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
      const config = `sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a`;
      const base = `http://${from.firstLine}/v2/${name}`;
      const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
      const place = new URL(begun.headers.get('location') ?? '', begun.url);
      place.searchParams.set('digest', config);
      await fetch(place, { method: 'PUT', body: '{}' });
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'text/signature',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: config, size: 2 },
        layers: [],
        subject: { mediaType: 'application/vnd.oci.image.index.v1+json', digest, size },
      });
      const put = (reference: string, body: string, kind: 'manifest' | 'index') =>
        fetch(`${base}/manifests/${reference}`, {
          method: 'PUT',
          body,
          headers: { 'content-type': `application/vnd.oci.image.${kind}.v1+json` },
        });
      const stored = await put('signature', manifest, 'manifest');
      const own = stored.headers.get('docker-content-digest') ?? '';
      if (keepsReferrers) return own;
      // As tools do where there is no referrers API.
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const entry = { mediaType, digest: own, size: manifest.length, artifactType: 'text/signature' };
      const list = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [entry] };
      await put(digest.replace(':', '-'), JSON.stringify(list), 'index');
      return own;
    };

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'transfer-'));
      const folders = registry === distribution ? ['from', 'to'].map(name => [join(directory, name)]) : [[], []];
      [from, to] = (await Promise.all(folders.map(args => startPeer(registry, args)))) as [RunningPeer, RunningPeer];
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

    const worker = join(import.meta.dirname, '..', 'support', 'transfer-worker.ts');
    const start = (...args: readonly string[]) =>
      spawn(process.execPath, ['--conditions=source', worker, from.firstLine, to.firstLine, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });

    test('a process that is killed in the middle leaves no tag, and the next one moves only what is missing', async () => {
      const name = 'killed/api';
      const digest = await pushIndex(name);
      const places = [`${name}@${digest}`, 'shop/killed:v1'];
      // One layer is through, the other one is not.
      const killed = start(...places, String(8 * 1024 * 1024));
      const [line] = await once(createInterface(killed.stdout), 'line');
      expect(line).toBe('halfway');
      const ended = once(killed, 'exit');
      killed.kill('SIGKILL');
      expect((await ended)[1]).toBe('SIGKILL');
      await expect(text('digest', `${to.firstLine}/shop/killed:v1`)).rejects.toThrow();
      const { manifests } = JSON.parse(await text('manifest', `${from.firstLine}/${name}@${digest}`)) as Index;
      const blobs = new Map<string, number>();
      for (const child of manifests) {
        const { config, layers } = JSON.parse(
          await text('manifest', `${from.firstLine}/${name}@${child.digest}`),
        ) as Image;
        for (const one of [config, ...layers]) blobs.set(one.digest, one.size);
      }
      const isPresent = await Promise.all(
        [...blobs].map(async ([blob, size]) => {
          const { ok } = await fetch(`http://${to.firstLine}/v2/shop/killed/blobs/${blob}`, { method: 'HEAD' });
          return { ok, size };
        }),
      );
      const missing = isPresent.filter(({ ok }) => !ok).reduce((sum, { size }) => sum + size, 0);
      expect([isPresent.length, isPresent.filter(({ ok }) => ok).length]).toEqual([4, 1]);
      const again = start(...places);
      const [said] = await once(createInterface(again.stdout), 'line');
      expect(JSON.parse(said)).toMatchObject({ bytes: missing, blobs: 3, manifests: 3 });
      await run('validate', '--remote', `${to.firstLine}/shop/killed:v1`);
      expect(await text('digest', `${to.firstLine}/shop/killed:v1`)).toBe(digest);
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
});
