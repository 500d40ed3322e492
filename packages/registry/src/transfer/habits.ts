/**
 * How one registry wants its uploads, learnt while they go: what it refused once it is not asked again. Shared by all uploads
 * of a transfer.
 */
export interface Habits {
  /** Content of one request, in bytes. */
  chunkBytes: number;
  /** Whether the request that closes an upload may have content. */
  closesWithContent: boolean;
  /** Whether it takes the question for a blob as the wish to mount it from where it is to go. */
  answersByMounting: boolean;
}

/** Registries and the proxies before them take this much (the chunks of Azure's own client library). */
export const leastChunkBytes = 4 * 1024 * 1024;

export function expectHabits(chunkBytes: number): Habits {
  return { chunkBytes, closesWithContent: true, answersByMounting: true };
}

/** After a chunk that was too large. */
export function shrinkChunks(habits: Habits): void {
  habits.chunkBytes = Math.max(leastChunkBytes, Math.floor(habits.chunkBytes / 4));
}
