import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Path of a Chromium on PATH. Undefined when there is none; throws then where the environment says that one has to be there. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  const found = names.flatMap(name => folders.map(folder => join(folder, name))).find(isExecutable);
  const required = ['REQUIRE_BROWSER', 'REQUIRE_LINTERS'].find(name => env[name] === '1');
  if (found === undefined && required !== undefined) {
    throw new Error(`${required}=1, but none of ${names.join(', ')} is on PATH. Install one.`);
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
