import v8 from 'node:v8';
import vm from 'node:vm';

/** Told of bytes that passed. */
export type Sweep = (bytes: number) => void;

/**
 * Network buffers lie outside of V8's heap, and V8 lets some 64 MB of dead ones lie before it looks. A small collection
 * after each `every` bytes costs about a millisecond and keeps the process at what is in flight.
 */
export function createSweep(every = 8 * 1024 * 1024): Sweep {
  let passed = 0;
  return bytes => {
    passed += bytes;
    if (passed < every) return;
    passed = 0;
    collect({ type: 'minor' });
  };
}

type Collector = (options: { readonly type: 'minor' }) => void;

let collector: Collector | undefined;

function collect(options: { readonly type: 'minor' }): void {
  if (collector === undefined) {
    v8.setFlagsFromString('--expose-gc');
    // Contexts that begin after the flag have it.
    const found: unknown = vm.runInNewContext('gc');
    collector = typeof found === 'function' ? (found as Collector) : undefined;
  }
  collector?.(options);
}
