import { NotReadable } from '../requests.ts';

/** Of a tar archive that is read from front to back. */
export type TarEntry =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly size: number;
      readonly isExecutable: boolean;
      /** To be read, if at all, before the next entry is asked for. */
      content(): AsyncIterable<Uint8Array>;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'other'; readonly path: string };

const block = 512;
/** Long names are short; anything else is an attack. */
const largestExtra = 64 * 1024;

/** Files, symbolic links and the rest of a tar archive (POSIX ustar and pax, GNU long names). Throws NotReadable. */
export async function* readTar(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry> {
  const reader = createReader(bytes);
  let extra: { readonly path?: string; readonly target?: string; readonly size?: number } = {};
  for (;;) {
    const header = await reader.take(block);
    if (header.every(byte => byte === 0)) {
      await reader.drain();
      return;
    }
    if (!hasChecksum(header)) throw new NotReadable('It is no tar archive.');
    const type = String.fromCharCode(header[156] ?? 0);
    const own = readNumber(header.subarray(124, 136));
    const isExtra = 'xgLK'.includes(type);
    const size = isExtra ? own : (extra.size ?? own);
    const padding = (block - (size % block)) % block;
    if (isExtra) {
      if (size > largestExtra) throw new NotReadable('A name in it is too long.');
      const content = await reader.take(size);
      await reader.take(padding);
      if (type === 'x') extra = { ...extra, ...readPax(content) };
      if (type === 'L') extra = { ...extra, path: textOf(content) };
      if (type === 'K') extra = { ...extra, target: textOf(content) };
      continue;
    }
    const path = extra.path ?? headerPath(header);
    if (type === '0' || type === '\0' || type === '7') {
      const part = reader.part(size);
      const isExecutable = (readNumber(header.subarray(100, 108)) & 0o100) !== 0;
      yield { kind: 'file', path, size, isExecutable, content: () => part.read() };
      for await (const _ of part.read());
    } else {
      const target = extra.target ?? textOf(header.subarray(157, 257));
      yield type === '2' ? { kind: 'link', path, target } : { kind: 'other', path };
      for await (const _ of reader.part(size).read());
    }
    await reader.take(padding);
    extra = {};
  }
}

/** Bytes of a stream in pieces of the size that is wanted. */
function createReader(bytes: AsyncIterable<Uint8Array>) {
  const source = bytes[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const more = async (): Promise<boolean> => {
    const { value, done } = await source.next();
    if (done === true) return false;
    rest = rest.length === 0 ? Buffer.from(value) : Buffer.concat([rest, value]);
    return true;
  };
  const take = async (size: number): Promise<Buffer> => {
    while (rest.length < size) if (!(await more())) throw new NotReadable('It ends in the middle.');
    const taken = rest.subarray(0, size);
    rest = rest.subarray(size);
    return taken;
  };
  return {
    take,
    /** The next `size` bytes as they come; reading on goes on where the last reading stopped. */
    part: (size: number) => {
      let left = size;
      return {
        read: async function* () {
          while (left > 0) {
            if (rest.length === 0 && !(await more())) throw new NotReadable('It ends in the middle.');
            const now = rest.subarray(0, left);
            rest = rest.subarray(now.length);
            left -= now.length;
            yield now;
          }
        },
      };
    },
    drain: async () => {
      do rest = Buffer.alloc(0);
      while (await more());
    },
  };
}

/** The checksum counts its own field as spaces. */
function hasChecksum(header: Buffer): boolean {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return readNumber(header.subarray(148, 156)) === sum;
}

/** Octal digits; what needs more of them is larger than anything here. */
function readNumber(field: Buffer): number {
  const digits = textOf(field).trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw new NotReadable('A number in it cannot be read.');
  return Number.parseInt(digits, 8);
}

function headerPath(header: Buffer): string {
  const prefix = header.subarray(257, 262).toString('latin1') === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  const path = textOf(header.subarray(0, 100));
  // GNU's header has times where POSIX' has the prefix.
  return prefix === '' || header[262] === 32 ? path : `${prefix}/${path}`;
}

/** Records of `LENGTH KEY=VALUE\n`, where LENGTH counts bytes. */
function readPax(content: Buffer): { path?: string; target?: string; size?: number } {
  const found: { path?: string; target?: string; size?: number } = {};
  for (let at = 0; at < content.length; ) {
    const [head, digits = ''] = /^(\d{1,6}) /.exec(content.toString('latin1', at, at + 8)) ?? [];
    const end = at + Number(digits);
    if (head === undefined || end <= at + head.length || end > content.length) {
      throw new NotReadable('An extended header in it cannot be read.');
    }
    const record = content.toString('utf8', at + head.length, end - 1);
    const split = record.indexOf('=');
    const [name, value] = [record.slice(0, split), record.slice(split + 1)];
    if (name === 'path') found.path = value;
    if (name === 'linkpath') found.target = value;
    if (name === 'size' && /^\d{1,15}$/.test(value)) found.size = Number(value);
    at = end;
  }
  return found;
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}
