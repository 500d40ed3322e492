export type { ChartRow, ChartVerdict, ChartVersion, ChartVersions } from './content.ts';
export { chartVerdict, parseChartVersions } from './content.ts';
export type { ChartsMarker } from './marker.ts';
export { readChartsMarker, writeChartsMarker } from './marker.ts';
export type { PinnedChart } from './pinned-charts.ts';
export { chartTitle, parsePinnedCharts, pinnedChartsSchema } from './pinned-charts.ts';
export type { ChartsContent } from './render.ts';
export { chartGaps, chartsHeadline, chartsNote, chartsSections, chartsTitle, renderChartsIssue } from './render.ts';
