/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const shared: Config = {
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true },
        },
      },
    ],
  },
  testEnvironment: '<rootDir>/scripts/jestEnvironment.mjs',
  testEnvironmentOptions: { customExportConditions: ['vestibule:source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/conformance/'],
};

const config: Config = {
  coverageProvider: 'v8',
  testTimeout: 20_000,
  // A suite leaves some of its memory behind, and its context storage, which slows every promise of the suites after it:
  // now and then a worker begins anew.
  workerIdleMemoryLimit: '400MB',
  maxWorkers: '100%', // Jest leaves one core to itself, which is half of a small machine; it hardly needs it
  projects: [
    {
      ...shared,
      displayName: 'node',
      testMatch: ['<rootDir>/{packages,plugins,examples,scripts}/**/*.test.ts', '!**/*.slow.test.ts'],
    },
    {
      // What only many processes or the compiler can show. `npm run test:slow`, and CI.
      ...shared,
      displayName: 'slow',
      testMatch: ['<rootDir>/{packages,plugins,examples,scripts}/**/*.slow.test.ts'],
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/{packages,plugins}/**/*.browser.ts'] },
  ],
};

export default config;
