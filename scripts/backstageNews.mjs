// Tells which of the Backstage packages that conformance/ pins has a newer version on npm, and what its changelog says of
// sign-in and of the host that sign-in runs on. Nothing is changed.
// Usage: node scripts/backstageNews.mjs [MANIFEST]     default: conformance/backstage/newest/package.json
// Ends with 0 when all are the newest, 1 when there is something newer, 2 when npm could not be asked.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareVersions, entriesBetween, isAboutSignIn } from './backstageNews/changelog.mjs';
import { NpmError, latestVersions, readChangelog } from './backstageNews/npm.mjs';

const manifest =
  process.argv[2] ?? fileURLToPath(new URL('../conformance/backstage/newest/package.json', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'vestibule-news-'));
try {
  process.exitCode = tell();
} catch (error) {
  if (!(error instanceof NpmError)) throw error;
  console.error(`npm could not be asked: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell() {
  const { dependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const pins = Object.entries(dependencies).filter(([name]) => /^@backstage(-community)?\//.test(name));
  const latest = latestVersions(folder, Object.fromEntries(pins));
  const newer = pins
    .map(([name, pin]) => ({ name, pin, latest: latest[name] }))
    .filter(({ pin, latest: version }) => version !== undefined && compareVersions(version, pin) > 0);
  const unknown = pins.map(([name]) => name).filter((name) => latest[name] === undefined);
  if (unknown.length > 0) console.log(`npm does not know ${unknown.join(', ')}.\n`);
  if (newer.length === 0) {
    console.log(`All ${pins.length - unknown.length} packages are the newest that npm has.`);
    return 0;
  }
  console.log(`${newer.length} of ${pins.length} packages have a newer version on npm.`);
  for (const one of newer) tellOf(one);
  console.log(`\nTo move the sets on, see "Backstage's packages" in CONTRIBUTING.md. The newest ones:\n`);
  console.log(newer.map(({ name, latest: version }) => `  ${name}@${version}`).join('\n'));
  return 1;
}

function tellOf({ name, pin, latest }) {
  console.log(`\n${name} ${pin} → ${latest}`);
  const changelog = readChangelog(folder, name, latest);
  if (changelog === undefined) {
    console.log('  It brings no CHANGELOG.md.');
    return;
  }
  const entries = entriesBetween(changelog, pin, latest);
  const shown = entries.filter((entry) => isAboutSignIn(name, entry));
  let version;
  for (const entry of shown) {
    if (entry.version !== version) console.log(`  ${(version = entry.version)}`);
    console.log(`  - ${entry.text.replaceAll('\n', '\n    ').replace(/[ \t]+$/gm, '')}`);
  }
  const left = entries.length - shown.length;
  if (left > 0) console.log(`  ${left} ${left === 1 ? 'entry is' : 'entries are'} about something else.`);
  if (entries.length === 0) console.log('  Nothing but updated dependencies.');
}
