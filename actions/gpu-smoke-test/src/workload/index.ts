export { type WorkloadImage, workloadImage } from './image.ts';
export { type Expectation, judgeWorkload } from './judge.ts';
export type { Sharing } from './judge-devices.ts';
export { judgeIsolation } from './judge-isolation.ts';
export { parseWorkloadLog } from './parse.ts';
export type * from './result.ts';
