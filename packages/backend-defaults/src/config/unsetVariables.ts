/** Values that the config lacks because an environment variable is not set: legal, and seldom meant. */
import { formatConfigLocation, type Config, type ConfigLocation } from '@vestibule/backend-plugin-api';

/** A variable that is not set, and the value that is absent therefore. */
export interface UnsetVariable {
  readonly name: string;
  /** Dotted, for example `auth.session.secret`. */
  readonly path: string;
  readonly location?: ConfigLocation;
}

/** Config that knows them. */
export type ConfigWithUnset = Config & { readonly unsetVariables: readonly UnsetVariable[] };

// Values elsewhere belong to others, who may well do without.
const ourRoots = /^(?:app|auth|backend|discovery)\./;

/** A sentence for each variable that leaves a value of ours absent. */
export function unsetVariableWarnings(config: Config): string[] {
  const { unsetVariables = [] } = config as Partial<ConfigWithUnset>;
  return unsetVariables
    .filter(({ path }) => ourRoots.test(path))
    .map(({ name, path, location }) => {
      const place = location ? ` (${formatConfigLocation(location)})` : '';
      return `${path}${place} has no value: the environment variable ${name} is not set`;
    });
}
