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
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['vestibule:source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/conformance/'],
};

const config: Config = {
  coverageProvider: 'v8',
  testTimeout: 20_000,
  maxWorkers: '100%', // Jest leaves one core to itself, which is half of a small machine; it hardly needs it
  projects: [
    {
      ...shared,
      displayName: 'node',
      testMatch: ['<rootDir>/{packages,plugins,examples,scripts}/**/*.test.ts'],
    },
    { ...shared, displayName: 'browser', testMatch: ['<rootDir>/{packages,plugins}/**/*.browser.ts'] },
  ],
};

export default config;
