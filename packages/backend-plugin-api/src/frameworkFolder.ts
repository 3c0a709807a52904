/** The folder of all packages of the framework. It is told here, from where the way to it is the same as from `dist`. */
import { fileURLToPath } from 'node:url';

/** `undefined` where a bundler does not tell. */
export function frameworkFolder(): string | undefined {
  const here = import.meta.url as string | undefined;
  return here === undefined ? undefined : fileURLToPath(new URL('../../', import.meta.url));
}
