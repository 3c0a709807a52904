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
  modulePathIgnorePatterns: [
    '<rootDir>/.*/dist/',
    '<rootDir>/dist-standalone/',
    '<rootDir>/dist-dynamic/',
    '<rootDir>/conformance/',
  ],
  // Tests of other projects, with another runner.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/packages/create-vestibule/templates/'],
};

const config: Config = {
  coverageProvider: 'v8',
  testTimeout: 20_000,
  // A suite leaves some of its memory behind, so now and then a worker begins anew. That costs it its warm code; what
  // made a worker slow was its context storage, which scripts/jestEnvironment.mjs takes away.
  workerIdleMemoryLimit: '800MB',
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
