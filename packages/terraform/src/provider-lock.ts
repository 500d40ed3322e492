/** One entry of `.terraform.lock.hcl`, which Terraform writes itself, always in the same form. */
export interface LockedProvider {
  /** `registry.terraform.io/hashicorp/azurerm` */
  readonly source: string;
  readonly version: string;
  /** `h1:…` and `zh:…`; a package is taken when one of them is its own. */
  readonly hashes: readonly string[];
}

/** Reads the file line by line: it is Terraform's own writing, and Terraform itself judges whatever else stands in it. */
export function readProviderLock(text: string): LockedProvider[] {
  return text.split(/^(?=provider ")/m).flatMap(block => {
    const source = /^provider "([^"]+)"/.exec(block)?.[1];
    if (source === undefined) return [];
    const version = /^\s*version\s*=\s*"([^"]*)"/m.exec(block)?.[1] ?? '';
    return [{ source, version, hashes: [...block.matchAll(/"((?:h1|zh):[^"]+)"/g)].map(([, hash]) => hash ?? '') }];
  });
}

/** The file without the entry of a provider. */
export function withoutProvider(text: string, source: string): string {
  const kept = text.split(/^(?=provider ")/m).filter(block => !block.startsWith(`provider "${source}"`));
  return `${kept.join('').trimEnd()}\n`;
}

/** The provider that is locked at a version which the configuration does not ask for, by Terraform's words: they may be on two lines. */
export function unfitProvider(said: string): string | undefined {
  return /locked\s+provider\s+(\S+)\s+\S+\s+does\s+not\s+match/.exec(said)?.[1];
}

/** A lock file that belongs to somebody's repository, and is only ever read. */
export interface OwnLock {
  /** As the repository names it. */
  readonly file: string;
  /** What this machine runs: `linux_amd64`. */
  readonly platform: string;
  /** Host of the registry that goes without saying here. */
  readonly registry: string;
  /** How to write it anew, one sentence. */
  readonly update: string;
}

/**
 * What of a lock file does not fit, one sentence each. `needed`: what Terraform writes when nothing is locked, with the checksums of
 * this machine's packages. `said`: what Terraform says of the lock. Pure.
 */
export function describeMismatch(
  locked: readonly LockedProvider[],
  needed: readonly LockedProvider[],
  said: string,
  { file, platform, registry }: OwnLock,
): string[] {
  const sentences: string[] = [];
  for (const { source, version, hashes } of needed) {
    const name = shortName(source, registry);
    const entry = locked.find(other => other.source === source);
    if (entry === undefined) {
      sentences.push(`${file} lacks the provider ${name}, of which ${version} would be installed.`);
      continue;
    }
    const constraint = constraintOf(said, source);
    if (constraint !== undefined) {
      sentences.push(`${file} locks ${name} at ${entry.version}, but the configuration asks for ${constraint}.`);
      continue;
    }
    const own = hashes.filter(hash => hash.startsWith('h1:'));
    // Only of the same version two checksums can be compared.
    if (!said.includes(`${name} v${entry.version}`)) continue;
    const found = entry.version === version && own.length > 0 ? ` has the checksum ${own.join(', ')}, which` : '';
    sentences.push(
      `${name} ${entry.version} for ${platform}${found} is none of the ${entry.hashes.length} that ${file} allows: either it was locked for other platforms only, or this is another package than the one that was locked.`,
    );
  }
  for (const { source } of locked) {
    if (needed.some(other => other.source === source)) continue;
    sentences.push(`${file} locks the provider ${shortName(source, registry)}, which nothing here needs.`);
  }
  return sentences;
}

/** Entries by which nothing is verified: Terraform takes any package for them. */
export function describeUnverified(locked: readonly LockedProvider[], { file, registry }: OwnLock): string[] {
  return locked
    .filter(({ hashes }) => hashes.length === 0)
    .map(
      ({ source }) =>
        `${file} has no checksum for ${shortName(source, registry)}, so any package would be taken for it.`,
    );
}

/** Without the host of the registry that goes without saying, as the engine prints it. */
export function shortName(source: string, registry: string): string {
  return source.startsWith(`${registry}/`) ? source.slice(registry.length + 1) : source;
}

function constraintOf(said: string, source: string): string | undefined {
  const at = said.indexOf(`locked provider ${source} `);
  return at === -1 ? undefined : /does not match configured version constraint ([^;]+);/.exec(said.slice(at))?.[1];
}

const troubles =
  /^Provider dependency changes detected\n|doesn't match any of the checksums|locked provider \S+ \S+ does not match configured version constraint/;

/** Whether Terraform refused because of the lock file. `text`: summary and detail, one below the other. */
export function isLockTrouble(text: string): boolean {
  return troubles.test(text);
}
