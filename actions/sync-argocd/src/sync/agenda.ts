interface Entry<T> {
  readonly item: T;
  readonly at: number;
}

/** Items with the time at which each is due: the earliest is known without a look at all of them (a binary heap). */
export function createAgenda<T>() {
  const heap: Entry<T>[] = [];
  /** An item has one entry that counts: others of it are left until they come up. */
  const valid = new Map<T, Entry<T>>();
  const isBefore = (one: number, other: number) => (heap[one]?.at ?? 0) < (heap[other]?.at ?? 0);
  const swap = (one: number, other: number) => {
    const [first, second] = [heap[one], heap[other]];
    if (first !== undefined && second !== undefined) [heap[one], heap[other]] = [second, first];
  };
  const removeFirst = () => {
    swap(0, heap.length - 1);
    heap.pop();
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      if (left >= heap.length) return;
      const lower = right < heap.length && isBefore(right, left) ? right : left;
      if (!isBefore(lower, at)) return;
      swap(at, lower);
      at = lower;
    }
  };
  /** The earliest that counts. */
  const first = () => {
    for (let entry = heap[0]; entry !== undefined; entry = heap[0]) {
      if (valid.get(entry.item) === entry) return entry;
      removeFirst();
    }
    return undefined;
  };
  return {
    /** In place of the time before; `Infinity`: never. */
    put: (item: T, at: number) => {
      if (valid.get(item)?.at === at) return;
      valid.delete(item);
      if (at === Number.POSITIVE_INFINITY) return;
      const entry = { item, at };
      valid.set(item, entry);
      heap.push(entry);
      for (let place = heap.length - 1; place > 0; ) {
        const above = (place - 1) >> 1;
        if (!isBefore(place, above)) break;
        swap(place, above);
        place = above;
      }
    },
    /** Takes all that are due by then, in the order of their times. */
    take: (now: number): readonly T[] => {
      const due: T[] = [];
      for (let entry = first(); entry !== undefined && entry.at <= now; entry = first()) {
        removeFirst();
        valid.delete(entry.item);
        due.push(entry.item);
      }
      return due;
    },
    /** `Infinity` where nothing is due. */
    next: (): number => first()?.at ?? Number.POSITIVE_INFINITY,
  };
}
