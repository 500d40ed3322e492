import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MirrorOptions {
  /** Where to write; created when missing. */
  readonly directory: string;
  /** A real azurerm to put in the mirror … */
  readonly providerExecutable?: string;
  /** … or the JavaScript of the stand-in, which is run with this very Node. */
  readonly nodeBundle?: string;
  /** More arguments for Node, before the bundle. */
  readonly nodeArguments?: readonly string[];
}

export const providerVersion = '5.2.0';

const architectures: { readonly [arch: string]: string } = { x64: 'amd64', ia32: '386' };

/**
 * Writes a provider mirror with azurerm in it, and the Terraform CLI configuration that makes `terraform init` take azurerm from
 * there and everything else from where it always comes. Set `TF_CLI_CONFIG_FILE` to the file.
 */
export async function installMirror(options: MirrorOptions): Promise<{ readonly cliConfigFile: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}_${architectures[process.arch] ?? process.arch}`;
  const mirror = join(options.directory, 'mirror');
  const folder = join(mirror, 'registry.terraform.io', 'hashicorp', 'azurerm', providerVersion, platform);
  const executable = join(folder, `terraform-provider-azurerm_v${providerVersion}`);
  await mkdir(folder, { recursive: true });
  if (options.providerExecutable !== undefined) {
    await symlink(options.providerExecutable, executable).catch(() =>
      copyFile(options.providerExecutable ?? '', executable),
    );
  } else if (options.nodeBundle !== undefined) {
    const words = [process.execPath, ...(options.nodeArguments ?? []), options.nodeBundle];
    await writeFile(executable, `#!/bin/sh\nexec ${words.map(quote).join(' ')}\n`);
    await chmod(executable, 0o755);
  } else {
    throw new Error('installMirror needs an executable or a bundle to install.');
  }
  const cliConfigFile = join(options.directory, 'terraform.rc');
  const include = 'registry.terraform.io/hashicorp/azurerm';
  await writeFile(
    cliConfigFile,
    `disable_checkpoint = true
provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(mirror)}
    include = ["${include}"]
  }
  direct {
    exclude = ["${include}"]
  }
}
`,
  );
  return { cliConfigFile };
}

/** One word for a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
