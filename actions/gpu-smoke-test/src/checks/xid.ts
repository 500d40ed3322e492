/**
 * Xid errors after which a GPU has to be reset, its node drained or the machine serviced, whatever ran on it (docs.nvidia.com: "Xid
 * errors", catalog; "Health Validation", Xid checks). Others are most often a program's own fault: 13, 31, 43, 45.
 */
const ofHardware: Readonly<Record<number, string>> = {
  46: 'the GPU stopped processing',
  48: 'double-bit ECC error',
  62: 'internal micro-controller halt',
  64: 'a page could not be retired',
  74: 'NVLink error',
  79: 'the GPU has fallen off the bus',
  92: 'high rate of single-bit ECC errors',
  94: 'contained memory error',
  95: 'uncontained memory error',
  110: 'security fault',
  119: 'no answer of the GPU system processor',
  120: 'error of the GPU system processor',
  136: 'link training failed',
  140: 'ECC error that was not recovered',
  143: 'GPU initialization failed',
};

/** What a number means, where it is the GPU's fault; undefined where it may well be a program's. */
export function hardwareXid(number: number): string | undefined {
  return ofHardware[number];
}
