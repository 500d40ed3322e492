import { asObject, asString, printable, shorten } from '@suite/foundation';
import { titleOf } from '@suite/kubernetes';
import type { PodWatch } from './watch-pods.ts';

/** Whose pods are not made. */
export interface WatchedMakers {
  readonly namespace: string;
  readonly isMine: (kind: string, name: string) => boolean;
}

/**
 * Says why pods cannot even be made: a quota, pod security, a webhook. Their controller tries that again by itself, and tells of it
 * in events alone. Never rejects; ends when `ended` says so.
 */
export async function watchRefusals(
  { namespace, isMine }: WatchedMakers,
  { cluster, signal, say }: Pick<PodWatch, 'cluster' | 'signal' | 'say'>,
  ended: AbortSignal,
): Promise<void> {
  let known: ReadonlyMap<string, string | undefined> | undefined;
  await cluster
    .follow(
      { apiVersion: 'v1', kind: 'Event', namespace, fields: 'reason=FailedCreate' },
      events => {
        // What was there before may be of an earlier apply. What still holds is said again.
        known ??= new Map([...events].map(([key, { metadata }]) => [key, metadata.resourceVersion]));
        for (const [key, event] of events) {
          if (known.get(key) === event.metadata.resourceVersion) continue;
          const about = asObject(event['involvedObject']);
          const [kind, name] = [asString(about['kind']) ?? '', asString(about['name']) ?? ''];
          if (!isMine(kind, name)) continue;
          const message = (asString(event['message']) ?? '').replaceAll('\n', ' ');
          say(`pods of ${titleOf({ kind, name, namespace })}`, printable(shorten(message, 400)));
        }
        return false;
      },
      AbortSignal.any([signal, ended]),
    )
    .catch(() => undefined);
}
