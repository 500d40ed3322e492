import type { ContainerRegistries, RegistryView } from '@suite/azure';
import type { Transfers } from '@suite/registry';

/** The environment's registry, as what charts and images are mirrored in. */
export interface Mirror {
  /** Login server, as it is or will be. */
  readonly host: string;
  /** Undefined while there is none. */
  readonly registry: MirrorRegistry | undefined;
  /** A registry that gives to everybody. */
  source(host: string): Pick<Transfers, 'head' | 'source'>;
  readonly offerImport: ContainerRegistries['offerImport'];
}

export interface MirrorRegistry {
  readonly host: string;
  readonly resource: RegistryView;
  readonly transfers: Transfers;
}
