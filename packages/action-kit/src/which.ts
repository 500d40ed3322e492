import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** Full path of a program on the PATH of `env`; undefined when there is none. */
export async function which(program: string, env: Readonly<Record<string, string>>): Promise<string | undefined> {
  const names = process.platform === 'win32' ? [`${program}.exe`, `${program}.cmd`] : [program];
  const folders = isAbsolute(program) ? [''] : (env['PATH'] ?? '').split(delimiter).filter(folder => folder !== '');
  for (const folder of folders) {
    for (const name of names) {
      const file = folder === '' ? program : join(folder, name);
      const found = await access(file, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (found) return file;
    }
  }
  return undefined;
}
