/** One sample of a Prometheus page: `DCGM_FI_DEV_GPU_TEMP{gpu="0",UUID="GPU-…"} 31`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const longest = 4 * 1024 * 1024;
const mostSamples = 20_000;

/** Samples of the text format (prometheus.io, "Exposition formats"). What is none is left out; a page is untrusted and may be long. */
export function parseMetrics(page: string): readonly Sample[] {
  const samples: Sample[] = [];
  for (const line of page.slice(0, longest).split('\n')) {
    if (samples.length === mostSamples) break;
    const [, name, labels = '', value = ''] =
      /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const number = Number(value);
    if (!Number.isFinite(number)) continue;
    samples.push({ name, labels: labelsOf(labels), value: number });
  }
  return samples;
}

function labelsOf(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)];
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)),
    ]),
  );
}
