export type {
  ChartDifference,
  ChartProposals,
  ChartRow,
  ChartSupport,
  ChartVerdict,
  ChartVersion,
  ChartVersions,
} from './content.ts';
export {
  appVersionPattern,
  chartVerdict,
  isOutOfSupport,
  parseChartProposals,
  parseChartVersions,
  proposedVersion,
} from './content.ts';
export type { ChartsMarker } from './marker.ts';
export { readChartsMarker, writeChartsMarker } from './marker.ts';
export type { PinnedChart } from './pinned-charts.ts';
export { chartTitle, parsePinnedCharts, pinnedChartsSchema } from './pinned-charts.ts';
export type { ChartProposal, ChartPullMarker } from './pull.ts';
export {
  chartProposals,
  chartPullTitle,
  endChartPull,
  proposedVersions,
  readChartPullMarker,
  renderChartPull,
} from './pull.ts';
export type { ChartsContent } from './render.ts';
export { chartGaps, chartsHeadline, chartsNote, chartsSections, chartsTitle, renderChartsIssue } from './render.ts';
