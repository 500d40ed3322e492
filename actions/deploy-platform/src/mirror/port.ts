import type { ContainerRegistries, RegistryView } from '@suite/azure';
import type { Transfers } from '@suite/registry';

/** The environment's registry, as what charts and images are mirrored in. */
export interface Mirror {
  /** Login server, as it is or will be. */
  readonly host: string;
  /** Undefined while there is none. */
  readonly registry: MirrorRegistry | undefined;
  /** Where charts and images come from: a registry that gives to everybody, or one of Azure that lets this identity in. */
  source(host: string): Pick<Transfers, 'head' | 'source'>;
  /** Whether one signs in there. Azure itself, which imports by no identity, cannot fetch from it. */
  isPrivate(host: string): boolean;
  readonly offerImport: ContainerRegistries['offerImport'];
}

export interface MirrorRegistry {
  readonly host: string;
  readonly resource: RegistryView;
  readonly transfers: Transfers;
}
