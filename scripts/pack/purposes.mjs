// Which packages an installation names, by what it is for. What those bring is derived from their manifests.

/**
 * `guide` is where it is shown, from docs/guides; `install` are the packages that one's own manifest names, `develop` those among its devDependencies, `perhaps` more that some
 * name, with the reason.
 */
export const purposes = [
  {
    id: 'command',
    title: 'The command `vestibule`',
    guide: '../../packages/cli/README.md',
    install: ['@vestibule/cli'],
    perhaps: {
      '@vestibule/dev-idp': 'the OpenID Provider of the demo (`devIdp.enabled`), never in production',
    },
  },
  {
    id: 'backend',
    title: 'A backend of your own',
    guide: '../../README.md#in-your-own-backend',
    install: ['@vestibule/backend', '@vestibule/cli'],
    perhaps: {
      '@vestibule/backend-defaults': 'to choose each feature yourself, beginning with none',
      '@vestibule/plugin-auth-backend': 'so, too',
      '@vestibule/dev-idp': 'as for the command',
    },
  },
  {
    id: 'module',
    title: 'A module: a provider, a resolver, a plugin',
    guide: 'write-your-own-provider.md',
    install: ['@vestibule/backend-plugin-api', '@vestibule/plugin-auth-node'],
    develop: ['@vestibule/backend-test-utils', '@vestibule/plugin-auth-backend'],
    perhaps: {
      '@vestibule/plugin-catalog-node': 'to look something up in the catalog, or to replace it',
      '@vestibule/catalog-model': 'entities and their references',
    },
  },
  {
    id: 'backstage',
    title: 'A drop-in in Backstage',
    guide: 'inside-backstage.md',
    install: ['@vestibule/plugin-auth-backend'],
    perhaps: {
      '@vestibule/plugin-auth-node': 'for a resolver of your own',
      '@vestibule/plugin-auth-backend-module-oauth-server': 'where programs act for users',
    },
  },
  {
    id: 'router',
    title: 'A plain Koa router',
    guide: 'without-a-framework.md',
    install: ['@vestibule/plugin-auth-router'],
    perhaps: { '@vestibule/plugin-catalog-client': 'a catalog in memory, or over HTTP' },
  },
];
