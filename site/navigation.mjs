// The order in which a reader meets the pages: files of the repository by section. What a section's folder has and its groups do
// not name comes last in it.

/** Where to begin. */
export const start = [
  { file: 'README.md', text: 'Sign in, in a minute' },
  { file: 'ARCHITECTURE.md', text: 'Architecture' },
];

/** `docs/guides`, by what somebody wants. */
export const guides = [
  { text: 'Connect a provider', names: ['google', 'github', 'openid-connect', 'openid-vendors'] },
  { text: 'Decide who comes in', names: ['sign-in-resolver', 'test-your-resolver', 'why-was-i-refused'] },
  { text: 'Run it', names: ['which-packages', 'production', 'when-it-does-not-start'] },
  { text: 'With Backstage', names: ['coming-from-backstage', 'inside-backstage'] },
  { text: 'Let programs in', names: ['oauth-server'] },
  {
    text: 'Extend it',
    names: [
      'write-your-own-provider',
      'write-a-plugin',
      'replace-the-catalog',
      'replace-a-service',
      'without-a-framework',
    ],
  },
];

/** `docs/reference`. */
export const reference = [
  'configuration',
  'errors',
  'differences-from-backstage',
  'backstage-provider-modules',
  'security-tests',
  'performance',
];

/** About the project itself; those that are there. */
export const project = [
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'scripts/README.md',
  'conformance/README.md',
  'bench/README.md',
  'site/README.md',
];
