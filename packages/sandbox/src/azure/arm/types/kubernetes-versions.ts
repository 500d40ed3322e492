export interface MinorVersion {
  readonly patches: readonly string[];
  /** Offered to clusters with long-term support only. */
  readonly isLongTerm?: boolean;
  readonly isPreview?: boolean;
}

/** By minor: `1.34`. */
export type KubernetesVersions = Readonly<Record<string, MinorVersion>>;

/** Minors that AKS offers unless a test says otherwise, with the patch that a minor stands for now last. */
export const offeredVersions: KubernetesVersions = {
  '1.33': { patches: ['1.33.5', '1.33.6'], isLongTerm: true },
  '1.34': { patches: ['1.34.3', '1.34.4'] },
  '1.35': { patches: ['1.35.1', '1.35.2'] },
  '1.36': { patches: ['1.36.0', '1.36.1'] },
};

export const defaultVersion = '1.34';

/** The full version that a minor or a full version means; undefined when AKS does not offer it. */
export function resolveVersion(versions: KubernetesVersions, version: string): string | undefined {
  const patches = versions[minorOf(version)]?.patches;
  if (patches === undefined) return undefined;
  if (version.split('.').length === 2) return patches.at(-1);
  return patches.includes(version) ? version : undefined;
}

/** `1.34` of `1.34.4`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** 34 of `1.34.4`. */
export function minorNumber(version: string): number {
  return Number(version.split('.')[1]);
}

/** Negative when `one` is older than `other`. */
export function compareVersions(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** What a control plane can go to from a full version: newer patches of its minor, and the next minor. */
export function upgradesFrom(
  versions: KubernetesVersions,
  current: string,
): readonly { version: string; isPreview: boolean }[] {
  return Object.entries(versions)
    .filter(([minor]) => [0, 1].includes(minorNumber(minor) - minorNumber(current)))
    .flatMap(([, { patches, isPreview = false }]) => patches.map(version => ({ version, isPreview })))
    .filter(({ version }) => compareVersions(version, current) > 0);
}

export function nodeImageOf(osSku: string): string {
  const name = osSku === 'AzureLinux' ? 'AKSAzureLinux-V3gen2' : 'AKSUbuntu-2404gen2containerd';
  return `${name}-202611.03.0`;
}
