// The changelog: one for all packages, since they share one version. A release is a heading with its version and its day, and below
// it the changes by section: what breaks first, then what is new, then what was mended.
import { sectionOf, sections } from './sections.mjs';

const head = `# Changelog

All packages share one version. A change is told from the side of who uses it; why something is as it is stands in
[docs/decisions](docs/decisions).
`;

const levels = ['major', 'minor', 'patch'];

/** The changes of a release, without its heading. */
export function releaseNotes(changes) {
  const rank = ({ level }) => levels.indexOf(level);
  return Object.entries(sections)
    .flatMap(([name, heading]) => {
      const own = changes
        .filter((change) => sectionOf(change) === name)
        .sort((one, other) => rank(one) - rank(other));
      return own.length === 0 ? [] : [`### ${heading}\n\n${own.map(item).join('\n')}`];
    })
    .join('\n\n');
}

function item({ level, text }) {
  const sentence = level === 'major' ? `**Breaking:** ${text}` : text;
  return `- ${sentence.replace(/\n/g, '\n  ').replace(/^ +$/gm, '')}`;
}

/** The changelog with one more release, above those that it had. */
export function withRelease(changelog, { version, day, changes }) {
  const earlier = (changelog ?? head).slice(head.length).trim();
  if (changelog !== undefined && !changelog.startsWith(head))
    throw new Error('CHANGELOG.md does not begin as scripts/changelog/releaseNotes.mjs has it');
  return `${head}\n## ${version} (${day})\n\n${releaseNotes(changes)}\n${earlier === '' ? '' : `\n${earlier}\n`}`;
}

/** What the changelog says of one version, without its heading; nothing where it does not know it. */
export function notesOf(changelog, version) {
  const [, notes] = changelog.split(new RegExp(`^## ${version.replaceAll('.', '\\.')} \\(.*\\)\n`, 'm'));
  return notes?.split(/^## /m)[0].trim();
}
