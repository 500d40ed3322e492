/**
 * The direction of dependencies (DESIGN §3), in one place:
 *   actions → domain packages → action-kit, platform-file, change-report → foundation.
 * Domain packages never import one another, except terraform, which turns plans into change reports' model (a shared
 * package); actions never import actions; nothing imports the sandbox but tests, benchmarks and its own command.
 */
const shared = ['action-kit', 'platform-file', 'change-report'];
const sdkHomes = {
  '@actions/(core|exec|tool-cache|http-client)': 'packages/action-kit',
  '@actions/github': 'packages/github',
  '@azure/': 'packages/azure',
  '@sigstore/(bundle|protobuf-specs|tuf|verify)': 'packages/attestation',
  '@actions/(workflow-parser|expressions)': 'packages/sandbox',
};
const source = '\\.ts$';
const test = '\\.test\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'foundation-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^packages/foundation/' },
      to: { path: '^(packages|actions)/', pathNot: '^packages/foundation/' },
    },
    {
      name: 'shared-packages-import-foundation-only',
      severity: 'error',
      from: { path: `^packages/(${shared.join('|')})/` },
      to: { path: '^(packages|actions)/', pathNot: '^packages/($1|foundation)/' },
    },
    {
      name: 'domain-packages-import-no-other-domain-package',
      severity: 'error',
      from: { path: '^packages/([^/]+)/', pathNot: `^packages/(${[...shared, 'foundation', 'sandbox'].join('|')})/` },
      to: { path: '^(packages|actions)/', pathNot: `^packages/($1|${[...shared, 'foundation'].join('|')})/` },
    },
    {
      name: 'packages-import-no-action',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^actions/' },
    },
    {
      name: 'actions-import-no-action',
      severity: 'error',
      from: { path: '^actions/([^/]+)/' },
      to: { path: '^actions/', pathNot: '^actions/$1/' },
    },
    {
      name: 'only-tests-and-benchmarks-import-the-sandbox',
      severity: 'error',
      from: { pathNot: '^(packages/sandbox|test|bench|scripts)/' },
      to: { path: '^packages/sandbox/' },
    },
    ...Object.entries(sdkHomes).map(([sdk, home]) => ({
      name: `${sdk.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '')}-lives-in-one-package`,
      severity: 'error',
      from: { path: '^(packages|actions)/', pathNot: `^${home}/` },
      to: { path: `(^|/)node_modules/${sdk}` },
    })),
    {
      name: 'declared-dependencies-only',
      severity: 'error',
      from: { path: `^(packages|actions)/.*${source}`, pathNot: test },
      to: { path: 'node_modules/', dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: { conditionNames: ['source', 'import', 'node', 'default'], exportsFields: ['exports'] },
  },
};
