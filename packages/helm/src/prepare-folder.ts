import { mkdir, writeFile } from 'node:fs/promises';
import { registryConfigOf } from './environment.ts';
import type { RegistryLogins } from './helm-port.ts';

/** Makes our folder, which only we can read, and writes the logins where Helm looks for them, in Docker's form. */
export async function prepareFolder(folder: string, registries: RegistryLogins | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (registries === undefined) return;
  const auths = Object.entries(registries).map(([host, { username, password }]) => [
    host,
    { auth: Buffer.from(`${username}:${password}`).toString('base64') },
  ]);
  await writeFile(registryConfigOf(folder), JSON.stringify({ auths: Object.fromEntries(auths) }), { mode: 0o600 });
}
