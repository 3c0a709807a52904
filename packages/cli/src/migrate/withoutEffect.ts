/** Keys that are accepted and do nothing, and what to do instead. */
import { unusedConfigKeys } from '@vestibule/backend-defaults';
import { asObject, at } from './blocks.ts';
import type { Installation } from './readInstallation.ts';
import type { Finding } from './report.ts';

const ofFrontEnd: Readonly<Record<string, string>> = {
  'auth.autologout': 'the front end reads it, and goes on doing so',
  enableExperimentalRedirectFlow: 'the front end reads it, and goes on doing so; both flows work',
};

export function findWithoutEffect({ config }: Installation): Finding[] {
  const keys: Record<string, string> = {
    ...ofFrontEnd,
    ...unusedConfigKeys,
  };
  const findings = Object.entries(keys)
    .map(([key, reason]) => [key.split('.'), reason] as const)
    .filter(([path]) => isSet(config.getOptional(), path))
    .map(([path, reason]): Finding => {
      const place = at(config, path);
      return { ...place, message: `${place.key}: ${reason}` };
    });
  const keyStore = asObject(asObject(config.getOptional('auth'))['keyStore']);
  if (keyStore['provider'] === 'firestore') {
    const place = at(config, ['auth', 'keyStore']);
    findings.push({
      ...place,
      message: `${place.key}: firestore is not offered; the keys are kept in the database`,
      nextStep: "Set 'provider: database', or 'static' with keys from files, to start without the warning.",
    });
  }
  return findings;
}

/** Looks without the getters, which throw where a parent is no object. */
function isSet(value: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return value !== undefined && value !== null;
  return typeof value === 'object' && value !== null && isSet((value as Record<string, unknown>)[key], rest);
}
