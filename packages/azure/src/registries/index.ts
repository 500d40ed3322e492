export {
  type ContainerRegistries,
  createContainerRegistries,
  type ImportOffer,
  type RegistriesOptions,
} from './container-registries.ts';
export {
  ImportFailure,
  type ImportFailureKind,
  type ImportRefusalReason,
  mostImportedManifests,
} from './import-failure.ts';
export type { ImageImport, ImportSource, ImportWait } from './import-image.ts';
export type { RegistryNetwork, RegistryView } from './registry-view.ts';
