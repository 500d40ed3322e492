import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findPeer } from '../../scripts/peer-list.ts';
import { type Case, type Measurement, median } from './measurement.ts';
import { measureProgram, type ProgramRun } from './program.ts';

const runs = 5;
const mebibyte = 1024 * 1024;
const sizes = [50, 300];

/**
 * One image with one large layer from one registry to another, both go-containerregistry's: our transfer beside crane.
 * Memory is the most that the process held; that it does not grow with the layer is the point.
 */
export async function measureLayer(): Promise<Measurement> {
  const cases: Case[] = [];
  for (const size of sizes) cases.push(...(await measureSize(size)));
  return { name: 'layer', cases };
}

async function measureSize(size: number): Promise<readonly Case[]> {
  const ours: ProgramRun[] = [];
  const crane: ProgramRun[] = [];
  for (let run = 0; run < runs; run++) {
    const [from, to] = [await startRegistry(), await startRegistry()];
    try {
      const digest = await seed(from.address, size * mebibyte);
      const worker = join(import.meta.dirname, 'layer-worker.ts');
      ours.push(
        await measureProgram(process.execPath, ['--conditions=source', worker, from.address, to.address, digest]),
      );
      // The registry knows a blob of one repository in all others: crane gets an empty one as well.
      const empty = await startRegistry();
      const copied = [`${from.address}/team/api@${digest}`, `${empty.address}/shop/api:v1`];
      crane.push(await measureProgram(findPeer('crane').path, ['copy', ...copied]).finally(empty.stop));
    } finally {
      from.stop();
      to.stop();
    }
  }
  const name = `${size} MiB`;
  const row = (metric: string, unit: string, pick: (run: ProgramRun) => number): Case => ({
    case: name,
    metric,
    unit,
    ours: median(ours.map(pick)),
    peers: { crane: median(crane.map(pick)) },
  });
  return [row('time', 's', run => run.seconds), row('peak memory', 'MiB', run => run.peak)];
}

async function startRegistry() {
  const child = spawn(findPeer('ggcr-registry').path, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [address] = await once(createInterface(child.stdout), 'line');
  return { address: String(address), stop: () => void child.kill() };
}

async function seed(address: string, size: number): Promise<string> {
  const put = async (bytes: Uint8Array<ArrayBuffer>) => {
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await demand(
      fetch(`http://${address}/v2/team/api/blobs/uploads/?digest=${digest}`, { method: 'POST', body: bytes }),
    );
    return { digest, size: bytes.length };
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...(await put(new TextEncoder().encode('{}'))) },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar', ...(await put(new Uint8Array(randomBytes(size)))) },
    ],
  });
  const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
  const stored = await demand(
    fetch(`http://${address}/v2/team/api/manifests/latest`, { method: 'PUT', body: manifest, headers }),
  );
  return stored.headers.get('docker-content-digest') ?? '';
}

async function demand(answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`The registry answered ${response.status}: ${await response.text()}`);
  return response;
}
