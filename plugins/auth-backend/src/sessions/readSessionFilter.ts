/** Which sessions an operator means, as it is written on a command line and in an address. */
import { InputError, type ClockService } from '@vestibule/backend-plugin-api';
import { EntityRefError, parseEntityRef, stringifyEntityRef } from '@vestibule/catalog-model';
import { readIdentityRef, type SessionFilter } from '@vestibule/plugin-auth-node';

const unitMilliseconds = new Map([
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** What was written; what is absent restricts nothing. @public */
export interface WrittenSessionFilter {
  /** At least 8 characters of the id. */
  readonly id?: string | undefined;
  /** The reference of a user; its kind and namespace may be left out. */
  readonly user?: string | undefined;
  /** The id of a provider. */
  readonly provider?: string | undefined;
  /** `30d`, `12h` or `90m`: begun so long ago, or longer. */
  readonly olderThan?: string | undefined;
}

/**
 * Reads it.
 *
 * - `ERR_SESSION_FILTER_INVALID`: What was written names no sessions: an id, a user or a time is malformed.
 *
 * @throws InputError
 * @public
 */
export function readSessionFilter(
  { id, user, provider, olderThan }: WrittenSessionFilter,
  clock: ClockService,
): SessionFilter {
  return {
    ...(id !== undefined && { id: readId(id) }),
    ...(user !== undefined && { userEntityRef: readUser(user) }),
    ...(provider !== undefined && { providerId: readProvider(provider) }),
    ...(olderThan !== undefined && { createdBefore: clock.now() - readAge(olderThan) }),
  };
}

function readId(id: string): string {
  if (/^[\w-]{8,64}$/.test(id)) return id;
  throw invalid(`'${id}' is no id of a session; it has at least 8 letters, digits, '-' and '_'`);
}

function readUser(user: string): string {
  try {
    const parts = parseEntityRef(user, { defaultKind: 'user' });
    const whole = stringifyEntityRef(parts);
    if (!whole.startsWith('user:')) throw invalid(`'${user}' is no user`);
    // As it was issued. One that never is finds nothing.
    const read = readIdentityRef(`${parts.kind}:${parts.namespace}/${parts.name}`);
    return 'ref' in read ? read.ref : whole;
  } catch (error) {
    if (error instanceof EntityRefError)
      throw invalid(`'${user}' is no user, such as user:default/jane`, error);
    throw error;
  }
}

function readProvider(provider: string): string {
  if (provider !== '' && provider.length <= 128) return provider;
  throw invalid('the provider has no id, or one of more than 128 characters');
}

/** In milliseconds. */
function readAge(age: string): number {
  const milliseconds = unitMilliseconds.get(age.slice(-1));
  if (milliseconds === undefined || !/^\d{1,5}$/.test(age.slice(0, -1))) {
    throw invalid(`'${age}' is no age; write 30d, 12h or 90m`);
  }
  return Number(age.slice(0, -1)) * milliseconds;
}

function invalid(message: string, cause?: Error): InputError {
  return new InputError('ERR_SESSION_FILTER_INVALID', message, cause && { cause });
}
