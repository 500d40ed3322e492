/**
 * What holds where nobody says anything, in the words of the platform file. The values are the architecture guide's, or
 * their successors where Azure has moved on: D4 sizes because a system pool needs four vCPUs, T4 because NCv3 has been
 * retired, Cilium because the `azure` network policy ends on 2028-09-30. What depends on the environment (private, run
 * command, public access) is decided in resolve.ts.
 */
export const defaults = {
  runner: 'ubuntu-24.04',
  retention: '30d',
  version: '1.35',
  // With an uptime agreement everywhere: "free" is for an environment whose API server may be slow or away, so somebody has to say it.
  tier: 'standard',
  upgrades: { cluster: 'patch', nodes: 'node-image' },
  pools: {
    system: { size: 'Standard_D4ds_v5', min: 2, max: 10 },
    user: { size: 'Standard_D4ds_v5', min: 1, max: 10 },
    gpu: { size: 'Standard_NC4as_T4_v3', min: 0, max: 2, driver: 'install' },
  },
  features: { rotation: '2m', interval: '48h' },
  network: { policy: 'cilium', pods: '10.244.0.0/16', services: '10.0.0.0/16' },
  registry: { zoneRedundant: false },
} as const;
