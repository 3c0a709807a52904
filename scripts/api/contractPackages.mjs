// The packages that others write code against: each has its API report beside it. docs/decisions/47-what-a-release-is.md says why
// these and no others.

/** Folder -> what a change of its API would break. */
export const contractPackages = {
  'packages/backend-plugin-api': 'plugins, modules and services of any kind',
  'packages/backend-core': 'programs that make and start a backend of their own',
  'packages/backend-test-utils': 'tests of plugins, providers and resolvers',
  'packages/catalog-model': 'whatever reads entities and their references',
  'plugins/auth-node': 'providers, resolvers, and replacements of the services of sign-in',
  'plugins/catalog-node': 'replacements of the catalog',
};
