/**
 * What holds where nobody says anything, in the words of the platform file. The values are the architecture guide's, or
 * their successors where Azure has moved on: D4 sizes because a system pool needs four vCPUs, T4 because NCv3 has been
 * retired, Cilium because the `azure` network policy ends on 2028-09-30. What depends on the environment (private, run
 * command, public access, zones) is decided where it is resolved.
 */
export const defaults = {
  cloud: 'public',
  engine: 'terraform',
  runner: 'ubuntu-24.04',
  retention: '30d',
  version: '1.35',
  // With an uptime agreement everywhere: "free" is for an environment whose API server may be slow or away, so somebody has to say it.
  tier: 'standard',
  upgrades: { cluster: 'patch', nodes: 'node-image' },
  privateDns: 'system',
  // Upgrades in the night before a working week, so that whatever they break is seen by people who are awake.
  maintenance: { day: 'sunday', start: '02:00', hours: 6, zone: 'UTC' },
  pools: {
    system: { size: 'Standard_D4ds_v5', min: 2, max: 10, surge: '33%' },
    user: { size: 'Standard_D4ds_v5', min: 1, max: 10, surge: '33%' },
    // GPU quota is scarce: an upgrade needs one node more, however large the pool is.
    gpu: { size: 'Standard_NC4as_T4_v3', min: 0, max: 2, driver: 'install', surge: '1' },
    diskType: 'managed',
    // The most of the overlay that AKS gives without asking.
    maxPods: 110,
    drain: '30m',
    soak: '0m',
    color: 'blue',
    productionZones: ['1', '2', '3'],
  },
  features: { rotation: '2m', interval: '48h', podSecurity: 'baseline', safeguards: 'warn' },
  network: { policy: 'cilium', pods: '10.244.0.0/16', services: '10.0.0.0/16', flowLogs: '30d' },
  sharedVault: { publicAccess: true },
  // A copy of everything costs time and storage; who needs it knows.
  registryMirror: false,
  storage: { softDelete: '7d' },
  database: {
    size: 'B_Standard_B2s',
    // Burstable sizes have no high availability.
    productionSize: 'GP_Standard_D2ds_v5',
    storageGb: 32,
    version: '17',
    backup: '14d',
  },
  cache: { size: 'Balanced_B0' },
  backup: { retention: '7d', every: '24h' },
  releases: {
    // The first pods of a platform wait for nodes that the autoscaler makes.
    timeout: '15m',
    podSecurity: 'restricted',
    highAvailability: 'auto',
    metrics: { retention: '15d', storage: '50Gi' },
    challenge: 'dns',
    issuer: 'letsencrypt-prod',
    gatewayApi: 'platform',
    /** Asked for where a container asks for nothing: enough to be counted. */
    requests: { cpu: '10m', memory: '64Mi' },
    logs: { retention: '30d', storage: '10Gi', cache: '1Gi' },
    traces: { storage: 'memory', size: '10Gi', retention: '7d', maxTraces: 50_000 },
    alerts: { severity: 'warning' },
    // Nodes with GPUs are made when they are asked for: machine, driver, device plugin and image take up to 20 minutes.
    notebooks: { storage: '10Gi', timeout: '10m', gpuTimeout: '20m' },
    mlflow: { storage: '20Gi' },
    gpu: { stack: 'operator' },
  },
  gpuSmoke: { level: 'quick', failOn: ['failed', 'blocked'] },
  applications: {
    branch: 'main',
    path: 'environments/{environment}',
    delivery: 'git',
    sync: 'automatic',
    /** Where the platform's own release of Argo CD is. */
    argoNamespace: 'argocd',
  },
} as const;
