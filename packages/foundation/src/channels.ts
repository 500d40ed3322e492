/**
 * Channel of `node:diagnostics_channel` on which the resolved platform file is told, so that a run that records itself has it and no
 * code in between has to hand it on.
 */
export const resolvedChannel = 'aks-platform:resolved';
