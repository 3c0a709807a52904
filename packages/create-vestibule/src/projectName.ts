/** The name of a project: that of its folder, as npm takes it. */
import { basename, resolve } from 'node:path';

/**
 * @param directory - As it was given; `.` is the working directory.
 * @returns lower case letters, digits, dots, hyphens and underscores; `undefined` where none of them is left.
 */
export function projectNameOf(directory: string): string | undefined {
  const name = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|-+$/g, '')
    .slice(0, 214);
  return name === '' || name === 'node_modules' ? undefined : name;
}
