import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface MirrorOptions {
  /** Where to write; created when missing. */
  readonly directory: string;
  /** A real azurerm to put in the mirror … */
  readonly providerExecutable?: string;
  /** … or the JavaScript of the stand-in, which is run with this very Node … */
  readonly nodeBundle?: string;
  /** … or the port of a stand-in that is running (resident-process.ts). */
  readonly residentPort?: number;
  /** More arguments for Node, before the bundle. */
  readonly nodeArguments?: readonly string[];
}

const providerVersion = '5.2.0';

const architectures: { readonly [arch: string]: string } = { x64: 'amd64', ia32: '386' };

/** What Terraform and OpenTofu call azurerm. */
const sources = ['registry.terraform.io/hashicorp/azurerm', 'registry.opentofu.org/hashicorp/azurerm'] as const;

/**
 * Writes a provider mirror with azurerm in it, and the CLI configuration that makes `init` take azurerm from
 * there and everything else from where it always comes. Set `TF_CLI_CONFIG_FILE` to the file.
 */
export async function installMirror(options: MirrorOptions): Promise<{ readonly cliConfigFile: string }> {
  const mirror = join(options.directory, 'mirror');
  for (const source of sources) {
    const executable = installedProvider(options.directory, source);
    await mkdir(dirname(executable), { recursive: true });
    await install(executable, options);
  }
  const cliConfigFile = join(options.directory, 'terraform.rc');
  const include = JSON.stringify(sources);
  await writeFile(
    cliConfigFile,
    `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ${include}
  }
  direct {
    exclude = ${include}
  }
}
`,
  );
  return { cliConfigFile };
}

/** What Terraform starts out of a mirror; OpenTofu has its own. */
export function installedProvider(directory: string, source: (typeof sources)[number] = sources[0]): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}_${architectures[process.arch] ?? process.arch}`;
  const folder = join(directory, 'mirror', ...source.split('/'), providerVersion, platform);
  return join(folder, `terraform-provider-azurerm_v${providerVersion}`);
}

async function install(executable: string, options: MirrorOptions): Promise<void> {
  const { providerExecutable, nodeBundle, nodeArguments = [], residentPort } = options;
  if (providerExecutable !== undefined) {
    await symlink(providerExecutable, executable).catch(() => copyFile(providerExecutable, executable));
  } else if (residentPort !== undefined) {
    // It hands on its environment, prints what it is answered, and is there until the connection ends. Terraform interrupts its
    // whole process group; a provider waits for its word.
    await writeFile(
      executable,
      `#!/usr/bin/env bash
trap '' INT
exec 3<>/dev/tcp/127.0.0.1/${residentPort} || exit 1
env -0 >&3
printf '\\0' >&3
exec cat <&3
`,
    );
    await chmod(executable, 0o755);
  } else if (nodeBundle !== undefined) {
    const words = [process.execPath, ...nodeArguments, nodeBundle];
    // Terraform starts it once for each provider block of each walk: it is compiled the first time only.
    const compiled = quote(join(options.directory, 'compiled'));
    await writeFile(
      executable,
      `#!/bin/sh\nexport NODE_COMPILE_CACHE=${compiled}\nexec ${words.map(quote).join(' ')}\n`,
    );
    await chmod(executable, 0o755);
  } else {
    throw new Error('installMirror needs an executable, a bundle or a port to install.');
  }
}

/** One word for a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
