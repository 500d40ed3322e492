import v8 from 'node:v8';
import vm from 'node:vm';

/** Told of bytes that passed. */
export type Sweep = (bytes: number) => void;

const mebibyte = 1024 * 1024;
/** A whole collection, for what outlived the small ones: some milliseconds, where nothing but buffers comes and goes. */
const wholeEvery = 16;

/**
 * Network buffers lie outside of V8's heap, and V8 lets some 64 MB of dead ones lie before it looks. A small collection
 * after each `every` bytes costs about a millisecond and keeps the process at what is in flight.
 */
export function createSweep(every = 4 * mebibyte): Sweep {
  let passed = 0;
  let sweeps = 0;
  return bytes => {
    passed += bytes;
    if (passed < every) return;
    passed = 0;
    sweeps += 1;
    collect({ type: sweeps % wholeEvery === 0 ? 'major' : 'minor' });
  };
}

interface Collection {
  readonly type: 'minor' | 'major';
}

type Collector = (options: Collection) => void;

let collector: Collector | undefined;

function collect(options: Collection): void {
  if (collector === undefined) {
    v8.setFlagsFromString('--expose-gc');
    // What was collected is given back at once, not when a busy machine comes to it.
    v8.setFlagsFromString('--no-concurrent-array-buffer-sweeping');
    // Contexts that begin after the flag have it.
    const found: unknown = vm.runInNewContext('gc');
    collector = typeof found === 'function' ? (found as Collector) : undefined;
  }
  collector?.(options);
}
