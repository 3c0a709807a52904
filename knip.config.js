// Unused files, exports and dependencies. Each exception stands with its reason.
/** @type {import('knip').KnipConfig} */
export default {
  workspaces: {
    '.': {
      entry: [
        'scripts/*.mjs',
        'scripts/docs/configKeys.mjs',
        'scripts/docs/openApiDocument.mjs',
        'scripts/docs/refusedSignIns.mjs',
        'scripts/snippets/judgeConfigs.mjs',
        'scripts/release/*.mjs',
        'examples/*.mjs',
      ],
      ignoreDependencies: [
        // Named by the pragma at the top of jest.config.ts.
        'esbuild-register',
        // Programs that scripts/versionPackages.mjs and scripts/sbom.mjs start by their paths.
        '@changesets/cli',
        '@cyclonedx/yarn-plugin-cyclonedx',
      ],
    },
    'packages/*': {},
    'packages/backend': {
      // Its manifest is the list of providers, which are imported by the names in it.
      ignoreDependencies: [/^@vestibule\/plugin-auth-backend-module-.+-provider$/],
    },
    // A manifest and nothing else.
    'packages/libsql-musl-*': { ignoreDependencies: [/^@libsql\//] },
    'packages/cli': {
      // Behind bin/vestibule.js, which names the built file.
      entry: [
        'src/bin.ts',
        // Run by hand; see src/upgrade/fixture/README.md.
        'src/upgrade/testing/makeFixture.ts',
        'src/upgrade/testing/makeEarlierFixtures.ts',
        // A Jest project of their own.
        'src/**/*.browser.ts',
      ],
      // Of PostgreSQL; and what the tests of src/deploy/ run where it is there.
      ignoreBinaries: ['pg_dump', 'kubectl', 'ldd', 'nginx', 'nsenter', 'systemd-analyze', 'unshare'],
      ignoreDependencies: [
        // What src/upgrade/ runs today's code beside needs them.
        'libsql',
        'node-forge',
        // Of it, a test reads the schema of SARIF as a file.
        '@microsoft/jest-sarif',
      ],
    },
    'packages/create-vestibule': {
      // Behind bin/create-vestibule.js, which names the built file; and what is run against the tarballs.
      entry: ['src/bin.ts', 'trial/*.test.mjs'],
      // Of Debian's, for a pseudo-terminal.
      ignoreBinaries: ['script'],
      // Files of other projects, whose dependencies are their own.
      ignore: ['templates/**'],
    },
    'plugins/*': {},
    // Where the references of a contract find their defaults (docs/decisions/46-packages-declare-what-they-load.md).
    'plugins/auth-node': { ignoreDependencies: ['@vestibule/plugin-auth-backend'] },
    'plugins/catalog-node': { ignoreDependencies: ['@vestibule/plugin-catalog-client'] },
    'plugins/auth-web': {
      // The pages' scripts, which the browser asks for by name; and the tests in a browser, a Jest project of their own.
      entry: ['src/client/page.js', 'src/client/consent.js', 'src/**/*.browser.ts'],
    },
    'examples/*': {},
  },
  ignore: [
    // No workspaces: their dependencies are their own.
    'conformance/**',
    'bench/**',
    'site/**',
    // Programs that fail on purpose, run by scripts/docs.mjs.
    'docs/guides/when-it-does-not-start/**',
  ],
  // A type in the signature of something exported is exported with it, also when nobody names it yet.
  ignoreExportsUsedInFile: { interface: true, type: true },
};
