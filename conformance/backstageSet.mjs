// The sets of Backstage packages that the tests run against, one at a time.
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The one that `node_modules` here leads to: `newest` or `previous`. */
export const backstageSet = basename(
  dirname(realpathSync(fileURLToPath(new URL('node_modules', import.meta.url)))),
);

/** By set and name: the version of each package that the set names. */
export const pins = Object.fromEntries(
  ['newest', 'previous'].map((set) => {
    const manifest = new URL(`backstage/${set}/package.json`, import.meta.url);
    return [set, JSON.parse(readFileSync(manifest, 'utf8')).dependencies];
  }),
);
