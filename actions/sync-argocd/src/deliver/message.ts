import { printable, sentenceList, shorten } from '@suite/foundation';
import type { DeliveredApp, Place } from './types.ts';

/** What a commit says of itself. All of it may come from outside. */
export interface CommitNote {
  readonly environment: string;
  /** Digest of the bundle; undefined when there is none. */
  readonly bundle: string | undefined;
  /** Address of the run. */
  readonly run: string;
}

export interface CommitText {
  readonly headline: string;
  readonly body: string;
}

/** Longer ones GitHub folds away. */
const headlineLength = 72;
const mostPlaces = 50;

/**
 * One headline, a list, and last the trailers, by which a later run finds the commit. Each is one line, so that no name can pass
 * for a trailer, and none can tell GitHub to skip workflows.
 */
export function deliveryMessage(apps: readonly DeliveredApp[], places: readonly Place[], note: CommitNote): CommitText {
  const names = apps.filter(({ name }) => places.some(({ app }) => app === name)).map(({ name }) => name);
  const list = [...new Set(places.map(({ app, item, after }) => `- ${line(app)}: ${line(item)} → ${line(after)}`))];
  return text(`Deliver ${sentenceList(names)} to ${note.environment}`, list, note);
}

export function revertMessage(apps: readonly DeliveredApp[], commit: string, note: CommitNote): CommitText {
  const names = sentenceList(apps.map(({ name }) => name));
  return text(`Take ${names} in ${note.environment} back to ${commit.slice(0, 7)}`, [], note, [
    `Reverts-To: ${line(commit)}`,
  ]);
}

/**
 * Whether a commit says that a run delivered it. `runs` is what the addresses of those runs begin with. Whoever may commit there may write
 * that, too: it tells who delivers from who works, and proves nothing.
 */
export function isDelivery(message: string, runs: string): boolean {
  const [trailers = ''] = message
    .trimEnd()
    .split(/\r?\n\r?\n/)
    .slice(-1);
  const lines = trailers.split(/\r?\n/);
  return (
    lines.some(line => line.startsWith(environmentTrailer)) && lines.some(line => line.startsWith(runTrailer + runs))
  );
}

const environmentTrailer = 'Environment: ';
const runTrailer = 'Run: ';

function text(headline: string, list: readonly string[], note: CommitNote, more: readonly string[] = []): CommitText {
  const shown =
    list.length > mostPlaces ? [...list.slice(0, mostPlaces), `- … ${list.length - mostPlaces} more`] : list;
  const trailers = [
    ...more,
    `${environmentTrailer}${line(note.environment)}`,
    ...(note.bundle === undefined ? [] : [`Bundle: ${line(note.bundle)}`]),
    `${runTrailer}${line(note.run)}`,
  ];
  const parts = shown.length === 0 ? [] : [shown.join('\n')];
  return { headline: shorten(line(headline), headlineLength), body: [...parts, trailers.join('\n')].join('\n\n') };
}

function line(value: string): string {
  return shorten(
    printable(value)
      .replace(/\s+/g, ' ')
      .replace(/[[\]*]/g, '')
      .trim(),
    400,
  );
}
