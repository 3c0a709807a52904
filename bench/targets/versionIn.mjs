import { readFileSync } from 'node:fs';

/** The pinned versions of some packages, as the manifest in a folder has them. */
export function versionIn(folder, names) {
  const { dependencies } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  return names.map((name) => `${name} ${dependencies[name]}`).join(', ');
}
