// The page docs/reference/differences-from-backstage.md: the differences that are listed, for both sets, and what was compared.
import { normalisations } from './fields.mjs';
import { cases } from './cases.mjs';
import { differences } from './differences.mjs';
import { portals } from './portals.mjs';
import { isOfSet, setNames } from './sets.mjs';
import { pins } from '../backstageSet.mjs';
import { checkPage } from '../writtenPage.mjs';

/** Compares the page with what the run of either set holds true, or writes it where the run was told to. */
export async function checkDifferencesPage() {
  await checkPage('reference/differences-from-backstage.md', page());
}

function page() {
  return `# Differences from Backstage's auth backend

<!-- Written by conformance/differential.test.mjs with \`npm run conformance -- differential --write\`; CI fails where it is not current. -->

\`npm run conformance\` sends the same requests, in ${Object.values(cases).flat().length} cases, to Backstage's auth backend
on Backstage's host and to ours on ours, with two sets of Backstage's packages:

| package | newest | previous |
| --- | --- | --- |
${['plugin-auth-backend', 'plugin-auth-node', 'backend-defaults', 'backend-plugin-api'].map(versionsOf).join('\n')}

Both hosts have the same config, catalog and vendors. The answers are compared field by field: status, headers, each
cookie with its attributes, \`Location\` with each parameter, JSON key by key, tokens by header and claims, and what the
page of a popup posts, to whom. What is not on this page is the same, or the run fails. It fails as well where a
difference that this page names for a set is not there with that set.

Backstage's own front end and back ends work with either; that they do is what the other conformance tests show.

## All of them

With either set, a difference is there (yes), in part of its places (partly), or not (–).

| difference | where | newest | previous | decision |
| --- | --- | --- | --- | --- |
${differences.map(rowOf).join('\n')}

${differences.map(sectionOf).join('\n\n')}

## What was compared

${Object.entries(portals).map(portalOf).join('\n\n')}

## What is not compared as it is

${Object.values(normalisations)
  .map((text) => `- ${text}`)
  .join('\n')}
`;
}

const versionsOf = (name) =>
  `| \`@backstage/${name}\` | ${setNames.map((set) => pins[set][`@backstage/${name}`]).join(' | ')} |`;

const rowOf = (one) =>
  `| [${one.id}](#${one.id}) | ${one.where} | ${setNames.map((set) => extentOf(one, set)).join(' | ')} | ${one.decision} |`;

/** How much of a difference there is with a set. */
function extentOf({ at }, set) {
  const here = at.filter((place) => isOfSet(place, set));
  if (here.length === 0) return '–';
  return here.length === at.length ? 'yes' : 'partly';
}

function sectionOf(one) {
  const { id, where, theirs, ours, reason, decision } = one;
  const their = typeof theirs === 'string' ? [['Backstage', theirs]] : setNames.flatMap(theirsWith(theirs));
  return `### ${id}

- **Where**: ${where}.
${their.map(([title, text]) => `- **${title}**: ${text}.`).join('\n')}
- **Vestibule**: ${ours}.
- **Why**: ${reason} (${decision})
- **With**: ${setNames.map((set) => `${set} ${extentOf(one, set)}`).join(', ')}.`;
}

const theirsWith = (theirs) => (set) => [[`Backstage, ${set}`, theirs[set]]];

function portalOf([name, portal]) {
  return `**\`${name}\`**${only(portal)}: ${portal.about}

${cases[name].map((one) => `- ${one.name}${only(one)}`).join('\n')}`;
}

const only = ({ set }) => (set === undefined ? '' : ` (${set} only)`);
