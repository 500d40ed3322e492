import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { asArray, asObject, causes, errorMessage, UserError } from '@suite/foundation';
import githubRoot from './tuf-repo.github.com.json' with { type: 'json' };

/** Where the trusted roots of an instance are kept, signed. */
export interface Mirror {
  readonly url: string;
  /** Where trust in it begins; undefined where the library knows it. */
  readonly root?: object;
}

export interface Mirrors {
  readonly public: Mirror;
  readonly github: Mirror;
}

const mirrors: Mirrors = {
  public: { url: 'https://tuf-repo-cdn.sigstore.dev' },
  github: { url: 'https://tuf-repo.github.com', root: githubRoot },
};

/**
 * The trusted root of the instance that signed: the public one leaves an entry in its log, the one that GitHub keeps for private
 * repositories has no log. `temp` is emptied after the job. Throws a UserError when it cannot be had.
 */
export async function fetchTrustedRoot(value: unknown, temp: string, known: Mirrors = mirrors): Promise<TrustedRoot> {
  const isPublic = asArray(asObject(asObject(value)['verificationMaterial'])['tlogEntries']).length > 0;
  const { url: mirrorURL, root } = isPublic ? known.public : known.github;
  const { getTrustedRoot } = await import('@sigstore/tuf');
  const cachePath = await mkdtemp(join(temp, 'trusted-roots-'));
  const rootPath = join(cachePath, 'first-root.json');
  if (root !== undefined) await writeFile(rootPath, JSON.stringify(root));
  try {
    return await getTrustedRoot({ mirrorURL, cachePath, ...(root === undefined ? {} : { rootPath }) });
  } catch (cause) {
    throw new UserError(
      {
        message: `The trusted roots at ${new URL(mirrorURL).hostname} could not be read: ${[errorMessage(cause), ...causes(cause)].join(': ')}.`,
        remedy:
          'Let the runner reach that host, or give `trusted-root`: a file that `gh attestation trusted-root` writes. They are signed for some days at a time, so the runner’s clock has to be right.',
      },
      { cause },
    );
  }
}
