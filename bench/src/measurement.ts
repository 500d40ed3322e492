export interface Measurement {
  readonly name: string;
  readonly cases: readonly Case[];
}

export interface Case {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  const low = sorted[middle - 1];
  if (high === undefined) throw new Error('The median of nothing was asked for.');
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

export function renderTable({ name, cases }: Measurement): string {
  const number = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const rows = cases.map(row => {
    const peers = Object.entries(row.peers).map(([peer, value]) => `${peer} ${number(value)}`);
    return `  ${row.case.padEnd(18)} ${row.metric.padEnd(12)} ours ${number(row.ours)} ${row.unit}   ${peers.join('   ')}`;
  });
  return `${name}\n${rows.join('\n')}`;
}
