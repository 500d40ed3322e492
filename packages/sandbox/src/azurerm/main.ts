import http from 'node:http';
import { systemClock } from '@suite/foundation';
import { servePlugin } from './plugin/serve.ts';
import { azurermProvider } from './provider.ts';

// Plain fetch ignores the proxy of a company network until it is told about it.
http.setGlobalProxyFromEnv();
// Terraform interrupts its whole process group; the provider then waits for Terraform's own word (Stop, Shutdown).
process.on('SIGINT', () => {});
// A Terraform that was killed tells nobody; without it there is nothing to serve.
const terraform = process.ppid;
setInterval(() => {
  if (process.ppid !== terraform) process.exit(1);
}, 500).unref();
try {
  await servePlugin(azurermProvider(process.env, systemClock), process.env, () => process.exit(0));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
