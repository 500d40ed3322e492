export type { DriftContent, DriftVerdict, Repair } from './content.ts';
export { driftedAddresses, driftVerdict, gapsOf } from './content.ts';
export type { DriftMarker } from './marker.ts';
export { readDriftMarker, writeDriftMarker } from './marker.ts';
export { cleanNote } from './note.ts';
export { driftOverview } from './overview.ts';
export { driftHeadline, driftTitle, renderDriftIssue } from './render.ts';
