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

/** What Terraform and OpenTofu call azurerm. */
const sources = ['registry.terraform.io/hashicorp/azurerm', 'registry.opentofu.org/hashicorp/azurerm'];

/**
 * Writes a provider mirror with azurerm in it, and the CLI configuration that makes `init` take azurerm from
 * there and everything else from where it always comes. Set `TF_CLI_CONFIG_FILE` to the file.
 */
export async function installMirror(options: MirrorOptions): Promise<{ readonly cliConfigFile: string }> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}_${architectures[process.arch] ?? process.arch}`;
  const mirror = join(options.directory, 'mirror');
  for (const source of sources) {
    const folder = join(mirror, ...source.split('/'), providerVersion, platform);
    await mkdir(folder, { recursive: true });
    await install(join(folder, `terraform-provider-azurerm_v${providerVersion}`), options);
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

async function install(executable: string, options: MirrorOptions): Promise<void> {
  const { providerExecutable, nodeBundle, nodeArguments = [] } = options;
  if (providerExecutable !== undefined) {
    await symlink(providerExecutable, executable).catch(() => copyFile(providerExecutable, executable));
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
    throw new Error('installMirror needs an executable or a bundle to install.');
  }
}

/** One word for a POSIX shell, whatever is in it. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
