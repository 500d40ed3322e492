import type { Helm } from '@suite/helm';

/** The commands of Helm that rendering asks for. */
export type HelmRenderer = Pick<Helm, 'pull' | 'template'>;

export interface Kustomize {
  /** The manifest text of a folder. Throws NotRendered with what Kustomize says. Never reaches the network. */
  build(folder: string): Promise<string>;
}
