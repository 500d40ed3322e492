import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScopeView } from '@suite/platform-file';
import { terraformRoot } from './variables.ts';

/** Folders and files of one scope below the runner's temporary folder, which is emptied after the job. */
export interface Workspace {
  /** A copy of the configuration, because Terraform writes its lock file beside it. */
  readonly configuration: string;
  /** Puts a fresh copy there. */
  copyConfiguration(): Promise<void>;
  /** Providers and backend settings. */
  readonly dataDir: string;
  /** Where a plan goes unless the caller names a place. */
  readonly planFile: string;
  readPlan(file: string): Promise<Buffer>;
  /** Removes what holds values of the plan once it is applied. */
  discard(file: string): Promise<void>;
  writeVariables(variables: unknown): Promise<string>;
  /** Path of the change report of a command. */
  writeReport(command: string, report: unknown): Promise<string>;
}

export async function prepareWorkspace(temp: string, terraform: string, view: ScopeView): Promise<Workspace> {
  const folder = join(temp, 'provision-aks', `${view.platform}-${view.scope}-${view.region}`);
  const copy = join(folder, 'terraform');
  // Plans and variables are for nobody else on a shared machine.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (name: string, value: unknown) => {
    const file = join(folder, name);
    await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    return file;
  };
  return {
    copyConfiguration: async () => {
      await rm(copy, { recursive: true, force: true });
      await cp(terraform, copy, { recursive: true });
    },
    configuration: join(copy, terraformRoot(view)),
    dataDir: join(folder, 'data'),
    planFile: join(folder, 'plan.tfplan'),
    readPlan: file => readFile(file),
    discard: file => rm(file, { force: true }),
    writeVariables: variables => write('variables.tfvars.json', variables),
    writeReport: (command, report) =>
      write(`report-${command}-${view.platform}-${view.scope}-${view.region}.json`, report),
  };
}
