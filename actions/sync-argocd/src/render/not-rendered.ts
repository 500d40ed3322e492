/** Why Argo CD's manifests cannot be made here. Its message is a sentence for people and stands behind `not rendered: `. */
export class NotRendered extends Error {
  override readonly name = 'NotRendered';
}
