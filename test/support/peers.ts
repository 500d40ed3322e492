import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { findPeer } from '../../scripts/peer-list.ts';

/** A real program that the stand-ins are held to; `path` is undefined where it was not built. */
export interface Peer {
  readonly name: string;
  readonly path: string | undefined;
  /** The command that builds it. */
  readonly build: string;
}

/** A peer of scripts/peer-list.ts. Throws an Error when it has to be there (`REQUIRE_PEERS=1`) and is not; none that is built on demand has to. */
export function peer(name: string): Peer {
  const { path, isOnDemand } = findPeer(name);
  const build = `npx pnpm@12 build-peers ${name}`;
  if (existsSync(path)) return { name: basename(path), path, build };
  if (process.env['REQUIRE_PEERS'] === '1' && !isOnDemand)
    throw new Error(`${basename(path)} is missing. Build it: ${build}`);
  return { name: basename(path), path: undefined, build };
}

/** go-containerregistry's own registry, with the referrers API. */
export const ggcrRegistry = peer('ggcr-registry');

/** CNCF distribution's registry. It keeps what it holds in the folder that it is given. */
export const distribution = peer('distribution');

/** go-containerregistry's client. */
export const crane = peer('crane');

/** What a skipped test is called, so that its name tells what to do. */
export function needs({ name, path, build }: Peer): string {
  return path === undefined ? `${name} (not built: ${build})` : name;
}

export interface RunningPeer {
  /** What it printed first. */
  readonly firstLine: string;
  stop(): Promise<void>;
}

/** Starts a peer and waits for its first line. */
export async function startPeer({ name, path, build }: Peer, args: readonly string[] = []): Promise<RunningPeer> {
  if (path === undefined) throw new Error(`${name} is missing. Build it: ${build}`);
  const child: ChildProcess = spawn(path, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  if (child.stdout === null) throw new Error(`${name} has no output.`);
  const [line] = await once(createInterface(child.stdout), 'line');
  return {
    firstLine: String(line),
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
