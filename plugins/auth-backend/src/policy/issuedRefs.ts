/** Who a resolver names, and as what: the references of a token that is to be issued. */
import type { LoggerService } from '@vestibule/backend-plugin-api';
import { readIdentityRef, RefusalError, plainText } from '@vestibule/plugin-auth-node';

/** So many are named; the others are counted. */
const mostNamed = 10;

/**
 * The reference of the one who signs in.
 *
 * @throws RefusalError `ERR_IDENTITY_REF_INVALID`, `ERR_IDENTITY_REF_UNSAFE`. The person is told which name it is, which
 *   is theirs, and what is wrong with it.
 */
export function readSubject(given: unknown): string {
  const read = readIdentityRef(withNamespace(given));
  if ('ref' in read) return read.ref;
  const { code, problem } = read;
  throw new RefusalError(code, {
    hint: `The reference ${shown(given)} ${problem}.`,
    ...(typeof given === 'string' && {
      sentence: `You would be ${shown(given)} here, which cannot be: it ${problem}. Ask whoever runs this portal.`,
    }),
  });
}

/**
 * Each counts once, however it was spelt. One that cannot be is left out: it makes nobody owner of anything, and is no
 * reason to refuse the person.
 *
 * @returns `leftOut`: what was given besides, each with why it does not count.
 */
export function readOwnershipRefs(given: readonly unknown[]): { refs: string[]; leftOut: string[] } {
  const refs = new Set<string>();
  const problems: string[] = [];
  for (const one of given) {
    const read = readIdentityRef(withNamespace(one));
    if ('ref' in read) refs.add(read.ref);
    else problems.push(`${shown(one)} ${read.problem}`);
  }
  const others = problems.length - mostNamed;
  const leftOut = [...problems.slice(0, mostNamed), ...(others > 0 ? [`and ${others} more`] : [])];
  return { refs: [...refs], leftOut };
}

/** `user:jane` is `user:default/jane` to everybody who reads references. */
function withNamespace(given: unknown): unknown {
  return typeof given === 'string' ? given.replace(/^([^:/]+):([^:/]+)$/s, '$1:default/$2') : given;
}

/** Says of each provider once what is unusual about its references. */
export function createRefWarnings(
  logger: Pick<LoggerService, 'warn'>,
): (providerId: string, issued: { sub: string; ent: readonly string[]; leftOut: readonly string[] }) => void {
  const warned = new Set<string>();
  return (providerId, { sub, ent, leftOut }) => {
    const unusual = [sub, ...ent].find((ref) => {
      const read = readIdentityRef(ref);
      return 'ref' in read && read.isUnusual;
    });
    const lines = {
      unusual:
        unusual !== undefined &&
        `the sign-in resolver of '${providerId}' issues references that no entity of a catalog can have, for example ` +
          `${shown(unusual)}. Backstage takes them, and so are they here; but who may choose such a name at the provider ` +
          'chooses who to be. This is said once',
      'left out':
        leftOut.length > 0 &&
        `the sign-in resolver of '${providerId}' names ownership that cannot be; left out, here and later: ${leftOut.join('; ')}`,
    };
    for (const [kind, line] of Object.entries(lines)) {
      const key = JSON.stringify([providerId, kind]);
      if (line === false || warned.has(key)) continue;
      warned.add(key);
      logger.warn(line);
    }
  };
}

/** Quoted, on one line, at most 100 characters of it. */
function shown(value: unknown): string {
  const text = plainText(typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value)));
  return `'${text.length > 100 ? `${text.slice(0, 100)}…` : text}'`;
}
