/** Pod Security Standards, widest first, as namespaces are labelled with them. */
export const podSecurityLevels = ['privileged', 'baseline', 'restricted'] as const;
export type PodSecurityLevel = (typeof podSecurityLevels)[number];
