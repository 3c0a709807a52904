// The page docs/reference/backstage-provider-modules.md: what the run showed of each module.
import { backstageSet, pins } from '../backstageSet.mjs';
import { checkPage } from '../writtenPage.mjs';

export const packageOf = ({ name, scope = '@backstage' }) =>
  `${scope}/plugin-auth-backend-module-${name}-provider`;

/** Those that the set installs, sorted. */
export function installedModules() {
  return Object.keys(pins[backstageSet])
    .filter((name) => /\/plugin-auth-backend-module-.*-provider$/.test(name))
    .sort();
}

/** Prints the table and compares the page with it, or writes the page where the run was told to. */
export async function checkModuleTable(rows) {
  const table = tableOf(rows);
  console.log(table);
  await checkPage('reference/backstage-provider-modules.md', pageOf(table));
}

const vendors = {
  config: 'on loopback, by its config',
  vendor: "at the vendor's address, led to loopback",
  none: 'none is asked',
};

function tableOf(rows) {
  const sorted = [...rows].sort((one, other) => one.module.name.localeCompare(other.module.name));
  return [
    '| module | newest | previous | provider id | loads | starts | full circle | its vendor |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...sorted.map(
      (row) =>
        `| ${[
          `\`${row.module.name}\``,
          pins.newest[packageOf(row.module)],
          pins.previous[packageOf(row.module)],
          `\`${row.module.providerId}\``,
          yes(row.loads),
          row.kind === 'OAuth' ? yes(row.starts, '302') : 'proxy type',
          circleOf(row),
          vendors[row.module.standIn],
        ].join(' | ')} |`,
    ),
  ].join('\n');
}

const yes = (isShown, what = 'yes') => (isShown ? what : '**no**');

function circleOf({ kind, module, signsIn, refreshes, signsOut, refuses }) {
  const steps =
    kind === 'OAuth'
      ? [
          [module.identity ? 'sign-in' : 'access without identity', signsIn],
          ['refresh', refreshes],
          ['sign-out', signsOut],
        ]
      : [
          ['refusal', refuses],
          ['sign-in', signsIn],
        ];
  return steps.map(([step, isShown]) => (isShown ? step : `**no ${step}**`)).join(', ');
}

function pageOf(table) {
  return `# Backstage's provider modules

<!-- Written by conformance/providerModules.test.mjs with \`npm run conformance -- --write\`; CI fails where it is not current. -->

Every \`@backstage/plugin-auth-backend-module-…-provider\` on npm, and \`keycloak\` of the community, which is
\`@backstage-community/plugin-auth-backend-module-keycloak-provider\`, unmodified, in our host: what \`npm run conformance\`
shows of each, with the newest set of Backstage's packages and with the one before. They are added by name,
\`backend.add(import('@backstage/plugin-auth-backend-module-gitlab-provider'))\`, with the config and the resolvers that
they have there.

${table}

- **newest**, **previous**: its version in either set; the other columns hold for both.
- **loads**: the package as it comes from npm is added, its services are found, and the backend starts.
- **starts**: \`GET /api/auth/<provider id>/start\` answers 302 to the vendor's authorization endpoint, with client id and
  callback URL. Modules of the proxy type have no start; they answer 501, as in Backstage.
- **full circle**: of the OAuth type, somebody signs in and is found in the catalog by one of the module's own resolvers, two
  refreshes follow, and after signing out a refresh is 401. The browser never holds the vendor's refresh token. Of the
  proxy type, a request that names nobody is refused, and one as the proxy would send it signs in.
- **its vendor**: what plays the vendor runs on loopback. Where a module knows only the vendor's own address, connections to
  that are led there; nothing else differs.

How the host runs them, and what it does not translate: [decision 18](../decisions/18-hosted-backstage-modules.md).
`;
}
