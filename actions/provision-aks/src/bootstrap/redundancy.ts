/** How often a state account keeps its data, in Azure's short words. */
export const redundancies = ['lrs', 'zrs', 'grs', 'gzrs'] as const;
export type Redundancy = (typeof redundancies)[number];
