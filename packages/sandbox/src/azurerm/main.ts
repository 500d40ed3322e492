import http from 'node:http';
import { systemClock } from '@suite/foundation';
import { servePlugin } from './plugin/serve.ts';
import { azurermProvider } from './provider.ts';
import { serveResident } from './resident.ts';

const parentCheckMs = 500;

// Plain fetch ignores the proxy of a company network until it is told about it.
http.setGlobalProxyFromEnv();
// Terraform interrupts its whole process group; the provider then waits for Terraform's own word (Stop, Shutdown).
process.on('SIGINT', () => {});
try {
  await (process.argv[2] === 'resident' ? serveResident(systemClock) : serveOne());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

/** As Terraform knows a provider: a process of its own. */
async function serveOne(): Promise<void> {
  // A Terraform that is killed cannot say goodbye. Whoever has lost its parent has nobody left to serve.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, parentCheckMs).unref();
  const plugin = await servePlugin(azurermProvider(process.env, systemClock), process.env, () => process.exit(0));
  process.once('exit', plugin.close);
  process.stdout.write(plugin.handshake);
}
