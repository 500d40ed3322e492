import { type Change, editYaml, parseYaml } from '@suite/platform-file/yaml';
import type { Document } from 'yaml';
import type { Edits, FileEdit, Place, Read } from './types.ts';

/** Files as they are to be: applications may share some. */
export interface Draft extends Read {
  /** Text before any change. */
  original(path: string): Promise<string | undefined>;
  /** Undefined for what is no YAML. */
  documents(path: string): Promise<readonly Document[] | undefined>;
  /** Throws NotEditable. */
  change(path: string, changes: readonly Change[]): Promise<void>;
  note(place: Place): void;
  edits(): Edits;
}

export function createDraft(read: Read): Draft {
  const before = new Map<string, string | undefined>();
  const after = new Map<string, string>();
  const parsed = new Map<string, { readonly text: string; readonly documents: readonly Document[] | undefined }>();
  const places: Place[] = [];

  const original: Draft['original'] = async path => {
    if (!before.has(path)) before.set(path, await read.text(path));
    return before.get(path);
  };
  const text: Draft['text'] = async path => after.get(path) ?? original(path);
  return {
    list: read.list,
    original,
    text,
    documents: async path => {
      const content = await text(path);
      if (content === undefined) return undefined;
      const known = parsed.get(path);
      if (known?.text === content) return known.documents;
      const documents = parseYaml(content);
      parsed.set(path, { text: content, documents });
      return documents;
    },
    change: async (path, changes) => {
      const content = await text(path);
      if (content !== undefined) after.set(path, editYaml(content, changes));
    },
    note: place => void places.push(place),
    edits: () => ({
      places,
      files: [...after].flatMap(([path, content]): FileEdit[] => {
        const was = before.get(path) ?? '';
        return was === content ? [] : [{ path, before: was, after: content }];
      }),
    }),
  };
}
