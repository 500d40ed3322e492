import { createHash, type Hash } from 'node:crypto';

/** The hash of content as it passes, that can go back to where a registry says it stands. */
export interface HashTrail {
  /** Bytes that passed. */
  readonly position: number;
  update(chunk: Uint8Array): void;
  /** Goes back to a place at or before `offset` and gives it: content has to pass again from there. */
  rewind(offset: number): number;
  /** `sha256:…` of what passed so far. */
  digest(): string;
}

interface Mark {
  readonly offset: number;
  readonly hash: Hash;
}

const mostMarks = 64;

/** Leaves marks while content passes, few of them however much it is: with each thinning they lie twice as far apart. */
export function createHashTrail(firstSpacing = 1024 * 1024): HashTrail {
  let marks: Mark[] = [{ offset: 0, hash: createHash('sha256') }];
  let current = createHash('sha256');
  let position = 0;
  let spacing = firstSpacing;

  const leaveMark = () => {
    marks.push({ offset: position, hash: current.copy() });
    if (marks.length <= mostMarks) return;
    spacing *= 2;
    marks = marks.filter((_, index) => index % 2 === 0);
  };

  return {
    get position() {
      return position;
    },
    update: chunk => {
      current.update(chunk);
      position += chunk.length;
      if (position - (marks.at(-1)?.offset ?? 0) >= spacing) leaveMark();
    },
    rewind: offset => {
      marks = marks.filter((mark, index) => index === 0 || mark.offset <= offset);
      const mark = marks.at(-1);
      if (mark === undefined) throw new Error('A trail has no beginning.');
      current = mark.hash.copy();
      position = mark.offset;
      return position;
    },
    digest: () => `sha256:${current.copy().digest('hex')}`,
  };
}
