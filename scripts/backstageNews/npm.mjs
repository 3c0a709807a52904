// What npm knows, by its own command, so that whatever registry, proxy and certificates it is set up with are used.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** npm has no answer; the message is its own. */
export class NpmError extends Error {}

/**
 * Asks for the version behind the dist-tag `latest`.
 *
 * @param folder - One that has no packages, so that npm lists each of them.
 * @param pins - The packages, by name with the version that is pinned.
 * @returns the version by name; a package that npm does not know is left out.
 */
export function latestVersions(folder, pins) {
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'news', version: '0.0.0', private: true, dependencies: pins }),
  );
  const answer = npm(folder, 'outdated', '--json');
  return Object.fromEntries(Object.entries(answer).map(([name, { latest }]) => [name, latest]));
}

/** The changelog that a version of a package brings, `undefined` where it brings none. */
export function readChangelog(folder, name, version) {
  const [{ filename }] = Object.values(
    npm(folder, 'pack', `${name}@${version}`, '--json', '--ignore-scripts'),
  );
  const { status, stdout, error } = spawnSync('tar', ['-xzOf', filename, 'package/CHANGELOG.md'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  return status === 0 ? stdout : undefined;
}

/** Runs npm for JSON. That `npm outdated` ends with 1 is its way to say that something is. */
function npm(cwd, ...args) {
  const { stdout, stderr, error } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (error) throw new NpmError(error.message);
  let answer;
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw new NpmError(firstLines(stderr) || `'npm ${args.join(' ')}' gave no JSON`);
  }
  if (answer.error) throw new NpmError(`${answer.error.code}: ${answer.error.summary}`);
  return answer;
}

const firstLines = (text) => text.trim().split('\n').slice(0, 4).join('\n');
