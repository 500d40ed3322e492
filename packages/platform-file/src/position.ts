import type { Location } from '@suite/foundation';

/** Keys and indices from the top of a document. */
export type Path = readonly (string | number)[];

export type FileLocation = Extract<Location, { kind: 'file' }>;

/** A YAML file with the place of everything in it. */
export interface Positioned {
  readonly path: string;
  readonly value: unknown;
  /** Where the value at `path` stands (or its key), or the innermost thing around it that is there. */
  locate(path: Path, of?: 'key' | 'value'): FileLocation;
  /** A number or word as it is written, before YAML makes `1.3` of `1.30`. */
  written(path: Path): string | undefined;
}
