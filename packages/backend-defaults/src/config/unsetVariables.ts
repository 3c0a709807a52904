/** Values that the config lacks because an environment variable is not set: legal, and seldom meant. */
import { formatConfigLocation, isLocatedConfig, type Config } from '@vestibule/backend-plugin-api';

// Values elsewhere belong to others, who may well do without.
const ourRoots = /^(?:app|auth|backend|discovery)\./;

/** A sentence for each variable that leaves a value of ours absent. */
export function unsetVariableWarnings(config: Config): string[] {
  const unsetVariables = isLocatedConfig(config) ? config.unsetVariables : undefined;
  return (unsetVariables ?? [])
    .filter(({ path }) => ourRoots.test(path))
    .map(({ name, path, location }) => {
      const place = location ? ` (${formatConfigLocation(location)})` : '';
      return `${path}${place} has no value: the environment variable ${name} is not set`;
    });
}
