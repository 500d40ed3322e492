import { shortList } from '@suite/foundation';
import type { Change } from '@suite/platform-file/yaml';
import type { Document } from 'yaml';
import { isScalar } from 'yaml';
import type { Match } from '../match.ts';
import type { DeliveredApp, Form, PlacedImage } from '../types.ts';

/** One place of an image, and what makes it that image. */
export interface Finding {
  readonly form: Form;
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
  readonly changes: readonly Change[];
  /** How an Application says the same; undefined where it cannot. */
  readonly override?: Override;
}

export type Override =
  | { readonly kind: 'kustomize'; readonly image: string }
  | { readonly kind: 'helm'; readonly parameters: readonly Parameter[] };

export interface Parameter {
  /** Keys with dots between them. */
  readonly name: string;
  readonly value: string;
}

/** What one form of manifests came to for an application. */
export interface Findings {
  readonly found: ReadonlyMap<PlacedImage, readonly Finding[]>;
  /** By image: why none of several places was taken, and what to do. */
  readonly doubts: ReadonlyMap<PlacedImage, { readonly why: string; readonly remedy: string }>;
}

/** Looked at of an application: its files, parsed. */
export interface AppFile {
  readonly path: string;
  readonly text: string;
  readonly documents: readonly Document[];
}

export interface AppContent {
  readonly app: DeliveredApp;
  readonly images: readonly PlacedImage[];
  readonly files: readonly AppFile[];
}

/** Line of a node, from 1. */
export function lineOf(text: string, node: unknown): number {
  return placeIn(text, node).line;
}

/** Line and column of a node, from 1. */
export function placeIn(text: string, node: unknown): { readonly line: number; readonly column: number } {
  const at = isScalar(node) ? (node.range?.[0] ?? 0) : 0;
  const before = text.slice(0, at);
  return { line: before.split('\n').length, column: at - before.lastIndexOf('\n') };
}

const mostShown = 5;

/** Which files were looked at, in few words. */
export function shownFiles({ path }: DeliveredApp, files: readonly AppFile[]): string {
  return shortList(
    files.map(file => file.path.slice(path.length + 1)),
    mostShown,
  );
}

/** Findings of what was matched; what is in doubt is so for the reason given. */
export function findingsOf<T>(
  { found, doubtful }: Match<T>,
  toFinding: (candidate: T, image: PlacedImage) => Finding,
  doubt: (repositories: readonly string[], image: PlacedImage) => { readonly why: string; readonly remedy: string },
): Findings {
  return {
    found: new Map([...found].map(([image, all]) => [image, all.map(one => toFinding(one, image))])),
    doubts: new Map([...doubtful].map(([image, repositories]) => [image, doubt(repositories, image)])),
  };
}
