import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScopeView } from '@suite/platform-file';
import { hashSources } from './sources/hash-sources.ts';
import { configurationIn, laySources } from './sources/lay-sources.ts';
import { placesOf } from './sources/places-of.ts';
import type { Sources } from './sources/sources.ts';
import { terraformRoot } from './variables.ts';

/** Folders and files of one scope below the runner's temporary folder, which is emptied after the job. */
export interface Workspace {
  /** A copy of the configuration, because Terraform writes its lock file beside it. */
  readonly configuration: string;
  /** Where that comes from. */
  readonly sources: Sources;
  /** The file of the repository behind one that Terraform names; undefined for the suite's. */
  place(file: string): string | undefined;
  /** Of a team's own files, once Terraform is initialised; undefined where there are none. */
  hashOwnFiles(): Promise<string | undefined>;
  /** Puts a fresh copy there. */
  copyConfiguration(): Promise<void>;
  /** Providers and backend settings. */
  readonly dataDir: string;
  /** Where a plan goes unless the caller names a place. */
  readonly planFile: string;
  /** Puts import blocks beside the root's own files; an empty text takes them away. */
  writeImports(text: string): Promise<void>;
  /** Where Terraform writes what it cannot write to the state. */
  readonly erroredFile: string;
  /** What it wrote there; undefined where it did not. */
  readErrored(): Promise<string | undefined>;
  /** Path of a file that only this user can read. */
  writeState(content: string): Promise<string>;
  readPlan(file: string): Promise<Buffer>;
  /** Removes what holds values of the plan once it is applied. */
  discard(file: string): Promise<void>;
  writeVariables(variables: unknown): Promise<string>;
  /** Path of a platform file that is proposed. */
  writeProposal(text: string): Promise<string>;
  /** Path of the change report of a command. */
  writeReport(command: string, report: unknown): Promise<string>;
}

/** `terraform`: the suite's roots and modules. */
export async function prepareWorkspace(
  temp: string,
  terraform: string,
  view: ScopeView,
  sources: Sources,
): Promise<Workspace> {
  const folder = join(temp, 'provision-aks', `${view.platform}-${view.scope}-${view.region}`);
  const copy = join(folder, 'terraform');
  // Plans and variables are for nobody else on a shared machine.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = async (name: string, value: unknown) => {
    const file = join(folder, name);
    await writeFile(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
    return file;
  };
  const root = terraformRoot(view);
  const configuration = configurationIn(copy, sources, root);
  const dataDir = join(folder, 'data');
  const erroredFile = join(configuration, 'errored.tfstate');
  return {
    copyConfiguration: async () => {
      // A root without modules would leave what another one, which was here before, has noted of its own.
      await rm(join(dataDir, 'modules', 'modules.json'), { force: true });
      await laySources(sources, terraform, copy, root);
    },
    configuration,
    sources,
    place: await placesOf(sources, dataDir),
    hashOwnFiles: () => hashSources(sources, configuration, dataDir),
    dataDir,
    planFile: join(folder, 'plan.tfplan'),
    writeImports: async text => {
      const file = join(configuration, 'adopted-by-provision-aks.tf');
      await (text === '' ? rm(file, { force: true }) : writeFile(file, text, { mode: 0o600 }));
    },
    erroredFile,
    readErrored: () =>
      readFile(erroredFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    writeState: async content => {
      const file = join(folder, 'restored.tfstate');
      await writeFile(file, content, { mode: 0o600 });
      return file;
    },
    readPlan: file => readFile(file),
    discard: file => rm(file, { force: true }),
    writeProposal: async text => {
      const file = join(folder, 'platform.yaml');
      await writeFile(file, text);
      return file;
    },
    writeVariables: variables => write('variables.tfvars.json', variables),
    writeReport: (command, report) =>
      write(`report-${command}-${view.platform}-${view.scope}-${view.region}.json`, report),
  };
}
