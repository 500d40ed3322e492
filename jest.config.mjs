/** Unit tests stand beside the code; the tiers under test/ are projects of their own so that one can be run alone. */
const common = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2024', parser: { syntax: 'typescript' }, experimental: { keepImportAttributes: true } },
        module: { type: 'es6' },
      },
    ],
  },
  globalSetup: '<rootDir>/scripts/jest-setup.ts',
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
};

const tier = (displayName, testMatch) => ({ ...common, displayName, testMatch, rootDir: import.meta.dirname });

export default {
  projects: [
    tier('unit', ['<rootDir>/{actions,packages}/*/src/**/*.test.ts', '<rootDir>/scripts/**/*.test.ts']),
    tier('bundles', ['<rootDir>/test/bundles/**/*.test.ts']),
    tier('pipelines', ['<rootDir>/test/pipelines/**/*.test.ts']),
    tier('reality', ['<rootDir>/test/reality/**/*.test.ts']),
  ],
  // Jest leaves one core to itself, and tests here wait for processes of theirs more than for it.
  maxWorkers: '100%',
  // Only ends what hangs: a machine that is busy takes several times as long as usual, and fails nothing by it.
  testTimeout: 600_000,
};
