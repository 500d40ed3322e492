import type { JsonObject } from '@suite/foundation';

/** What every release takes whose chart is pinned here. */
export interface ReleaseSettings {
  /** Instead of the pinned one, then with its digest. */
  readonly version: string | undefined;
  /** Instead of the pinned one: `sha256:` and 64 digits. */
  readonly digest: string | undefined;
  /** Over the ones that we give it; all layers of the file laid over one another. */
  readonly values: JsonObject;
  /** Where the file decides it, below a layer: `releases.cert-manager`. */
  readonly setting: string;
}
