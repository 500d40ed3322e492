/** Where the values of a chart name one of its images. */
export interface ImagePlace {
  /** Of the block: `webhook`, `image`. */
  readonly path: readonly string[];
  /** The repository that the chart names there itself, without its registry: rendered images are known by it. */
  readonly repository: string;
  readonly form: ImageForm;
}

/**
 * How the block says what image it is.
 * - `repository-digest`: `repository` has the registry in it, `digest` is whole (cert-manager)
 * - `registry-digest`: `registry` for itself, `digest` is whole (prometheus-node-exporter)
 * - `registry-sha`: `registry` for itself, `sha` has the 64 digits alone (kube-prometheus-stack, grafana)
 * - `registry-whole-sha`: `registry` for itself, `sha` with `sha256:` before it (kube-state-metrics)
 * - `repository-tag-digest`: as `repository-digest`, with a tag that always stands before the digest (mlflow)
 * - `containers`: the path is a list of containers, of which those with the repository have the image (mlflow)
 * - `name-tag`: `name` is all of it but the tag, and the digest goes behind that (jupyterhub)
 * - `folder-image-version`: `repository` is what stands before the last part, `image` is that part, `version` the tag, which the digest
 *   goes behind (gpu-operator)
 * - `repository-tag`: `repository` has the registry in it, and the digest goes behind the tag, because there is no key for it (argo-cd)
 */
export type ImageForm =
  | 'containers'
  | 'name-tag'
  | 'folder-image-version'
  | 'repository-tag-digest'
  | 'repository-digest'
  | 'registry-digest'
  | 'registry-sha'
  | 'registry-whole-sha'
  | 'repository-tag';
