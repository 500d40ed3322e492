export interface Measurement {
  readonly name: string;
  readonly cases: readonly Case[];
  /** What the figures are to be, and whether they are. */
  readonly goals?: readonly Goal[];
}

export interface Case {
  readonly case: string;
  readonly metric: string;
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
}

export interface Goal {
  readonly goal: string;
  readonly verdict: 'met' | 'missed' | 'not measured';
  /** The figures that decide it, or why there are none. */
  readonly because: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle];
  const low = sorted[middle - 1];
  if (high === undefined) throw new Error('The median of nothing was asked for.');
  return sorted.length % 2 === 1 || low === undefined ? high : (low + high) / 2;
}

export function renderTable({ name, cases, goals = [] }: Measurement): string {
  const number = (value: number) => (value === 0 || value >= 100 ? value.toFixed(0) : value.toPrecision(3));
  const rows = cases.map(row => {
    const peers = Object.entries(row.peers).map(([peer, value]) => `${peer} ${number(value)}`);
    return `  ${row.case.padEnd(18)} ${row.metric.padEnd(12)} ours ${number(row.ours)} ${row.unit}   ${peers.join('   ')}`;
  });
  const verdicts = goals.map(({ goal, verdict, because }) => `  ${verdict}: ${goal} (${because})`);
  return [name, ...rows, ...verdicts].join('\n');
}
