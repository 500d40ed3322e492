/** An image as the environment has it. */
export interface PlacedImage {
  /** As under `images:` of the platform file. */
  readonly name: string;
  /** In the environment's registry, host included: `crcontosodev.azurecr.io/apps/api`. */
  readonly repository: string;
  /** `sha256:…` */
  readonly digest: string;
  /** Other repositories that the same image is in, host included: where it was built, other environments' registries. */
  readonly knownAs?: readonly string[];
}

/** A chart of a registry, in the version that its applications are to have. */
export interface PlacedChart {
  /** As under `charts:` of the platform file. */
  readonly name: string;
  /** `oci://ghcr.io/contoso/charts/redis`, `https://charts.contoso.com/redis` */
  readonly address: string;
  readonly version: string;
  /** `sha256:…`: what the version stands for. */
  readonly digest: string;
}

/** What is delivered. */
export interface Cargo {
  readonly images: readonly PlacedImage[];
  readonly charts: readonly PlacedChart[];
}

/** What delivery needs to know of an application. */
export interface DeliveredApp {
  readonly name: string;
  /** Its folder in the GitOps repository: `environments/dev/api`. */
  readonly path: string;
  /** Names of the images that belong to it. */
  readonly images: readonly string[];
  /** Names of the charts that belong to it. */
  readonly charts: readonly string[];
  /** By name of an image: the key under which Helm values hold it, with dots: `web.image`. */
  readonly values: Readonly<Record<string, string>>;
}

/** Files of a repository at one commit. Paths are the repository's, with `/`. */
export interface Read {
  /** Every file below a folder, links not followed out of the repository; empty when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** Undefined for what is no file, no text (UTF-8), or too large to be edited. */
  text(path: string): Promise<string | undefined>;
}

export type Form = 'kustomization' | 'values' | 'manifest' | 'application' | 'chart';

/** Where an image or the version of a chart stands. */
export interface Place {
  readonly app: string;
  readonly kind: 'image' | 'chart';
  /** Name of it. */
  readonly item: string;
  readonly form: Form;
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As it stands there, and as it is to stand there: `ghcr.io/contoso/web:1.2.3`, `crcontosodev.azurecr.io/web@sha256:…`; of a chart, its version. */
  readonly before: string;
  readonly after: string;
}

export interface FileEdit {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

export interface Edits {
  /** Files that change; none when the repository says the same already. */
  readonly files: readonly FileEdit[];
  /** All places of all images and charts, those that stay as they are included. */
  readonly places: readonly Place[];
}

/** What an Application is to say instead of files, for `deliver: application`. */
export interface Overrides {
  readonly app: string;
  /** Of `spec.source.kustomize.images`: `web=crcontosodev.azurecr.io/web@sha256:…`. */
  readonly kustomizeImages: readonly string[];
  /** Of `spec.source.helm.parameters`. */
  readonly helmParameters: readonly { readonly name: string; readonly value: string; readonly forceString: true }[];
}

export interface Delivery {
  /** The commit that was made, or the branch's head. */
  readonly commit: string;
  /** False when the repository said the same already. */
  readonly changed: boolean;
  /** Paths of files that the commit changed. */
  readonly files: readonly string[];
  readonly places: readonly Place[];
}
