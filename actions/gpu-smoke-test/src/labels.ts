/** On everything that the action makes: which process made it. One look for the label finds all that is left of any run. */
export const runLabel = 'aks-platform.io/gpu-smoke';
/**
 * Of a Job: when the process that made it was last alive, ISO 8601. Whoever finds an old one may take it away. Of the action's own
 * namespace: when a run last began with it, which may have no Job in it yet.
 */
export const aliveAnnotation = 'aks-platform.io/alive';
export const fieldManager = 'aks-platform';

/** Made where no namespace is given, and taken away with its last test. */
export const ownNamespace = 'gpu-smoke-test';
export const gpuResource = 'nvidia.com/gpu';
