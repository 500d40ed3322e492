import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Problem, pathInside, UserError } from '@suite/foundation';
import { locateSetting, type Platform, type ScopeView } from '@suite/platform-file';
import { lockName, type Sources } from './sources.ts';

type Scope = Pick<ScopeView, 'scope' | 'region' | 'terraform'>;

/**
 * Looks for what the platform file names. `repository` is the checkout. Throws a UserError with the line of the setting, or of the file
 * that cannot be used.
 */
export async function findSources(view: Scope, platform: Platform, repository: string): Promise<Sources> {
  const root = await realpath(repository);
  const home = dirname(resolve(root, platform.document.path));
  const { terraform } = view;
  if (terraform === undefined) return { ...(await lockIn(home)), kind: 'suite', repository: root, variableFiles: [] };
  const isRoot = terraform.kind === 'root';
  const refuse = (key: string, message: string, remedy: string): UserError =>
    new UserError({ message, location: locateSetting(platform, view, ['terraform', key]), remedy });
  const setting = isRoot ? 'working-directory' : 'extend';
  const folder = await realpath(join(home, terraform.folder)).catch(() => undefined);
  const shown = pathInside(root, join(home, terraform.folder));
  if (folder === undefined || !(await stat(folder)).isDirectory()) {
    throw refuse(setting, `There is no folder ${shown}.`, 'Its path is seen from the platform file.');
  }
  if (relative(root, folder).split(sep)[0] === '..' || folder === root) {
    throw refuse(
      setting,
      `\`${terraform.folder}\` is no folder inside of the repository.`,
      'Name one that is checked out with the platform file.',
    );
  }
  const names = (await readdir(folder)).sort();
  if (!names.some(isConfiguration)) {
    throw refuse(setting, `The folder ${shown} holds no \`.tf\` file.`, 'Name the folder that does, or take it out.');
  }
  const problems = isRoot ? [] : await problemsOfExtension(folder, shown, names);
  const variableFiles = terraform.variables.map(name => join(folder, name));
  for (const [index, file] of variableFiles.entries()) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) continue;
    problems.push({
      message: `There is no file ${pathInside(root, file)}.`,
      location: locateSetting(platform, view, ['terraform', 'variables', index]),
      remedy: 'Its path is seen from the folder that is named beside it.',
    });
  }
  if (problems.length > 0) throw new UserError(problems);
  return { ...(await lockIn(folder)), kind: terraform.kind, repository: root, variableFiles };
}

/** OpenTofu also reads files of its own, and takes such a one in the place of a `.tf` file of the same name. */
export const isConfiguration = (name: string) => /\.(?:tf|tofu)(?:\.json)?$/.test(name);

/** What would change the suite's root instead of adding to it. */
async function problemsOfExtension(folder: string, shown: string, names: readonly string[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const name of names) {
    const location = { kind: 'file', path: `${shown}/${name}`, line: 1, column: 1 } as const;
    if (/^(?:.*_)?override\.(?:tf|tofu)(?:\.json)?$/.test(name)) {
      problems.push({
        message: "Files of this name override other blocks, and an extension only adds to the suite's.",
        location,
        remedy: 'Say what is different in the platform file, or use a root of your own (`working-directory`).',
      });
    }
    if (name === 'tests' || (await lstat(join(folder, name))).isSymbolicLink()) {
      problems.push({
        message:
          'An extension holds files and folders of its own, and no links; `tests` is the name of a folder of the suite.',
        location,
        remedy: 'Move it out of the folder, or name it differently.',
      });
    }
  }
  return problems;
}

async function lockIn(folder: string): Promise<Pick<Sources, 'folder' | 'lockFile'>> {
  const file = join(folder, lockName);
  const isThere = await stat(file).then(
    found => found.isFile(),
    () => false,
  );
  return { folder, lockFile: isThere ? file : undefined };
}
