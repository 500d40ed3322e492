/** Minors that AKS offers, with the patch that a minor stands for now. */
export const kubernetesVersions: Readonly<
  Record<string, { readonly patches: readonly string[]; readonly isLongTerm: boolean }>
> = {
  '1.33': { patches: ['1.33.5', '1.33.6'], isLongTerm: true },
  '1.34': { patches: ['1.34.3', '1.34.4'], isLongTerm: false },
  '1.35': { patches: ['1.35.1', '1.35.2'], isLongTerm: false },
  '1.36': { patches: ['1.36.0', '1.36.1'], isLongTerm: false },
};

export const defaultVersion = '1.34';

/** The full version that a minor or a full version means; undefined when AKS does not offer it. */
export function resolveVersion(version: string): string | undefined {
  const patches = kubernetesVersions[version.split('.').slice(0, 2).join('.')]?.patches;
  if (patches === undefined) return undefined;
  if (version.split('.').length === 2) return patches.at(-1);
  return patches.includes(version) ? version : undefined;
}

export function nodeImageOf(osSku: string): string {
  const name = osSku === 'AzureLinux' ? 'AKSAzureLinux-V3gen2' : 'AKSUbuntu-2404gen2containerd';
  return `${name}-202611.03.0`;
}
