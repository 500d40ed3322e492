import { chartTitle, type PinnedChart } from '@suite/change-report';
import { count } from '@suite/foundation';

/**
 * The charts of a bundle in few words: how they differ from those that ran before, or how many there are where nothing did. Empty for a
 * bundle without.
 */
export function describeCharts(
  charts: readonly PinnedChart[] | undefined,
  before: readonly PinnedChart[] | undefined,
): string {
  if (charts === undefined) return '';
  if (before === undefined) return count(charts.length, 'chart');
  const isSame = (one: PinnedChart, other: PinnedChart) => isAt(one, other) && one.version === other.version;
  const changed = charts.flatMap(chart => {
    const same = before.find(other => isSame(other, chart));
    if (same === undefined) return [chartTitle(chart)];
    return same.digest === chart.digest ? [] : [`${chartTitle(chart)}, published anew`];
  });
  const gone = before.filter(chart => !charts.some(other => isAt(other, chart)));
  const words = [...changed, ...gone.map(chart => `no ${chartTitle(chart)}`)];
  return words.length === 0 ? 'as before' : words.join('; ');
}

/** Of one place: whatever version. */
function isAt(one: PinnedChart, other: PinnedChart): boolean {
  return one.from === other.from && one.name === other.name;
}
