/** Where a chart comes from. Digests are `sha256:` and 64 digits in lower-case hex. */
export type ChartSource = OciChart | RepositoryChart | FolderChart;

export interface OciChart {
  readonly kind: 'oci';
  /** `oci://ghcr.io/argoproj/argo-helm/argo-cd` */
  readonly url: string;
  readonly version: string;
  /** Of the manifest in the registry; undefined: whichever the version names now. */
  readonly digest: string | undefined;
}

export interface RepositoryChart {
  readonly kind: 'http';
  /** `https://hub.jupyter.org/helm-chart/` */
  readonly repository: string;
  readonly name: string;
  readonly version: string;
  /** Of the .tgz file; undefined: whichever the version names now. */
  readonly digest: string | undefined;
}

/** A chart in the platform's own repository. */
export interface FolderChart {
  readonly kind: 'folder';
  readonly path: string;
}

export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** `argo-cd 10.1.1` */
export function describeSource(source: ChartSource): string {
  switch (source.kind) {
    case 'oci':
      return `${source.url.split('/').at(-1)} ${source.version}`;
    case 'http':
      return `${source.name} ${source.version}`;
    case 'folder':
      return source.path;
  }
}
