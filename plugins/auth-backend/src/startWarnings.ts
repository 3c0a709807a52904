/** What is said at every start of settings that let more people in, or that something else overrules. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { defaultMaxDepth } from './config.ts';
import type { AuthSettings } from './settings.ts';

export function warnAtStart(
  logger: LoggerService,
  settings: AuthSettings,
  { hasOwnershipResolver }: { hasOwnershipResolver: boolean },
): void {
  if (settings.ownership !== undefined && hasOwnershipResolver) {
    logger.warn('auth.ownership has no effect: a module resolves ownership itself');
  }
  if (settings.ownership?.mode === 'direct' && settings.ownership.maxDepth !== defaultMaxDepth) {
    logger.warn("auth.ownership.maxDepth has no effect without 'mode: transitive'");
  }
  if (settings.signIn?.onMissing === 'ephemeral') {
    const { namespace = 'ephemeral', groups = [] } = settings.signIn.ephemeral ?? {};
    const mapped = groups.map(({ claim, value, group }) => `${group} by ${claim}=${value}`).join(', ');
    const open = settings.allow === undefined ? ' There is no auth.allow.' : '';
    logger.warn(
      `auth.signIn.onMissing: ephemeral: who is not in the catalog signs in as user:${namespace}/…, ` +
        `with ${mapped === '' ? 'no groups' : `the groups ${mapped}`}.${open}`,
    );
  }
}
