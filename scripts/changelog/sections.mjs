// The sections of the changelog, in the reader's order, and which of them a change belongs to: the one that its changeset names,
// `<!-- section: operations -->`, and otherwise that of the first package it concerns.

/** Name -> heading. */
export const sections = {
  'sign-in': 'Sign-in and sessions',
  identity: 'Who comes in, and as whom',
  providers: 'Providers',
  programs: 'Programs that act for a user',
  pages: 'Pages',
  catalog: 'The catalog',
  backstage: 'Beside and inside Backstage',
  config: 'Configuration',
  operations: 'Operations',
  command: 'The command',
  framework: 'Writing plugins and modules',
  testing: 'Testing',
};

/** The first that fits counts. */
const byPackage = [
  [/plugin-auth-backend-module-oauth-server$/, 'programs'],
  [/plugin-auth-backend-module-.+-provider$/, 'providers'],
  [/plugin-auth-web$/, 'pages'],
  [/catalog/, 'catalog'],
  [/plugin-auth-/, 'sign-in'],
  [/backend-test-utils$/, 'testing'],
  [/(?:cli|dev-idp|create-vestibule)$/, 'command'],
  [/backend-defaults|outbound-http|database-migrations|libsql/, 'operations'],
  [/./, 'framework'],
];

/** The heading's name for a change: what its changeset says, or what its first package says. */
export function sectionOf({ file, section, packages }) {
  if (section !== undefined && !(section in sections))
    throw new Error(
      `${file} names the section '${section}'. There are: ${Object.keys(sections).join(', ')}.`,
    );
  return section ?? byPackage.find(([pattern]) => pattern.test(packages[0]))[1];
}
