import { StringDecoder } from 'node:string_decoder';

/** Tells of every line of a stream as soon as it is whole, and of the last one without an end. */
export function splitLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let partial = '';
  stream.on('data', (chunk: Buffer) => {
    const [first = '', ...others] = decoder.write(chunk).split('\n');
    // Only what is new is searched: a line of many chunks would else be read again with each of them.
    partial += first;
    for (const next of others) {
      onLine(partial.endsWith('\r') ? partial.slice(0, -1) : partial);
      partial = next;
    }
  });
  stream.on('end', () => {
    partial += decoder.end();
    if (partial !== '') onLine(partial);
  });
}
