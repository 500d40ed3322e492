import { createServer, type Socket } from 'node:net';
import { type Clock, errorMessage } from '@suite/foundation';
import { servePlugin } from './plugin/serve.ts';
import { azurermProvider } from './provider.ts';

/**
 * One process that is the provider of many: Terraform starts one for each provider block of each walk, and most of what each of
 * them did was to start. What Terraform runs in its place (mirror.ts) connects here and says in which environment it was started;
 * from then on it is what it would have been: it signs in by what stands there, and ends when Terraform says so or has left.
 * Prints its port, and ends with its standard input.
 */
export async function serveResident(clock: Clock): Promise<void> {
  process.stdin.resume().once('end', () => process.exit(0));
  const server = createServer(launcher => {
    // Killed with the job whose Terraform had started it.
    launcher.on('error', () => launcher.destroy());
    serveLauncher(launcher, clock).catch(error => launcher.end(`${errorMessage(error)}\n`));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
}

async function serveLauncher(launcher: Socket, clock: Clock): Promise<void> {
  const environment = await readEnvironment(launcher);
  const handlers = azurermProvider(environment, clock);
  const plugin = await servePlugin(handlers, environment, () => launcher.end());
  launcher.once('close', () => {
    handlers.Stop({});
    plugin.close();
  });
  if (launcher.destroyed) plugin.close();
  else launcher.write(plugin.handshake);
}

/** What `env -0` prints, and one more NUL. */
function readEnvironment(launcher: Socket): Promise<NodeJS.ProcessEnv> {
  return new Promise((resolve, reject) => {
    let text = '';
    launcher.setEncoding('utf8');
    launcher.on('data', chunk => {
      text += chunk;
      if (!text.endsWith('\0\0')) return;
      const entries = text.split('\0').filter(entry => entry !== '');
      resolve(
        Object.fromEntries(entries.map(entry => [entry.split('=', 1)[0] ?? '', entry.slice(entry.indexOf('=') + 1)])),
      );
    });
    launcher.once('close', () => reject(new Error('Nobody is there any more.')));
  });
}
