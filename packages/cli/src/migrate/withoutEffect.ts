/** Keys that are accepted and do nothing, and what to do instead. */
import { asObject } from '@vestibule/backend-plugin-api';
import { unusedConfigKeys } from '@vestibule/backend-defaults';
import { at, valueAt } from './blocks.ts';
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
    .filter(([path]) => (valueAt(config, path) ?? null) !== null)
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
  const database = asObject(asObject(config.getOptional('backend'))['database']);
  if (database['client'] === 'embedded-postgres') {
    const place = at(config, ['backend', 'database', 'client']);
    findings.push({
      ...place,
      message: `${place.key}: embedded-postgres is not offered; everything is kept in memory, and a start in production is refused`,
      nextStep: "Set 'client: better-sqlite3' with a directory, or 'pg' with a server.",
    });
  }
  return findings;
}
