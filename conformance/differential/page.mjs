// The page docs/reference/differences-from-backstage.md: the differences that are listed, and what was compared.
import { readFileSync } from 'node:fs';
import { normalisations } from './fields.mjs';
import { differences } from './differences.mjs';
import { checkPage } from '../writtenPage.mjs';

const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const version = (name) => `\`@backstage/${name}\` ${dependencies[`@backstage/${name}`]}`;

/** @param compared - By portal: what it is, and its cases by name with their number of exchanges. */
export async function checkDifferencesPage(compared) {
  await checkPage('reference/differences-from-backstage.md', pageOf(compared));
}

function pageOf(compared) {
  const exchanges = compared.flatMap(({ cases }) => cases.map(({ exchanges }) => exchanges));
  const total = exchanges.reduce((sum, count) => sum + count, 0);
  return `# Differences from Backstage's auth backend

<!-- Written by conformance/differential.test.mjs with \`npm run conformance -- --write\`; CI fails where it is not current. -->

\`npm run conformance\` sends the same ${total} requests to ${version('plugin-auth-backend')} on
${version('backend-defaults')}, and to ours on ours. Both have the same config, catalog and vendors. The answers are
compared field by field: status, headers, each cookie with its attributes, \`Location\` with each parameter, JSON key by
key, tokens by header and claims, and what the page of a popup posts, to whom. What is not on this page is the same, or
the run fails. It fails as well where a difference on this page is no longer there.

Backstage's own front end and back ends work with either; that they do is what the other conformance tests show.

${differences.map(sectionOf).join('\n\n')}

## What was compared

${compared.map(portalOf).join('\n\n')}

## What is not compared as it is

${Object.values(normalisations)
  .map((text) => `- ${text}`)
  .join('\n')}
`;
}

const sectionOf = ({ id, where, theirs, ours, reason, decision }) => `## ${id}

- **Where**: ${where}.
- **Backstage**: ${theirs}.
- **Vestibule**: ${ours}.
- **Why**: ${reason} (${decision})`;

const portalOf = ({ portal, about, cases }) => `**\`${portal}\`**: ${about}

${cases.map(({ name, exchanges }) => `- ${name} (${exchanges})`).join('\n')}`;
