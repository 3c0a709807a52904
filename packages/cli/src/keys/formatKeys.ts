/** The keys that sign tokens, as a table and as JSON. */
import type { KeyPlace, ManagedKey } from '@vestibule/plugin-auth-backend/inspect';
import { formatTable } from '@vestibule/plugin-auth-node';

type KeyFiles = Extract<KeyPlace, { provider: 'static' }>['keys'];

const states: Readonly<Record<ManagedKey['state'], string>> = {
  signs: 'signs',
  published: 'published, does not sign yet',
  verifies: 'verifies what it signed',
  unopened: 'verifies only: sealed under another secret',
};

/** One line for each key, the newest first. Times are UTC. */
export function formatKeys(keys: readonly ManagedKey[]): string {
  return formatTable([
    ['key', 'algorithm', 'made', 'published', 'signs from', 'signs until', 'verifies until', 'state'],
    ...keys.map(({ kid, algorithm, state, madeAt, publishedAt, signsFrom, signsUntil, verifiesUntil }) => [
      kid,
      algorithm,
      ...[madeAt, publishedAt, signsFrom, signsUntil, verifiesUntil].map(spokenMinute),
      states[state],
    ]),
  ]);
}

/** Keys of files: only the first ever signs. */
export function formatFiles(keys: KeyFiles): string {
  const list = formatTable([
    ['key', 'algorithm', 'private key', 'public key', 'state'],
    ...keys.map(({ kid, algorithm, privateKeyFile, publicKeyFile }, index) => [
      kid,
      algorithm,
      privateKeyFile,
      publicKeyFile,
      index === 0 ? 'signs' : 'verifies',
    ]),
  ]);
  return `${list}\n\nThe keys are files of auth.keyStore.static: the first signs, all are published. 'vestibule keys rotate' says how to change them.`;
}

/** What a program reads; times as ISO 8601. `state` of a key of a file is by its place. */
export function reportOf(
  report:
    | { readonly provider: 'database'; readonly keys: readonly ManagedKey[] }
    | { readonly provider: 'static'; readonly keys: KeyFiles },
): string {
  const keys: object[] =
    report.provider === 'static'
      ? report.keys.map((key, index) => ({ ...key, state: index === 0 ? 'signs' : 'verifies' }))
      : report.keys.map((key) => ({
          ...key,
          madeAt: isoTime(key.madeAt),
          publishedAt: isoTime(key.publishedAt),
          signsFrom: isoTime(key.signsFrom),
          signsUntil: isoTime(key.signsUntil),
          verifiesUntil: isoTime(key.verifiesUntil),
        }));
  return JSON.stringify({ version: 1, provider: report.provider, keys }, undefined, 2);
}

/** `2026-11-22 10:12Z` */
export function spokenMinute(epochMilliseconds: number): string {
  return `${isoTime(epochMilliseconds).slice(0, 16).replace('T', ' ')}Z`;
}

function isoTime(epochMilliseconds: number): string {
  return new Date(epochMilliseconds).toISOString();
}
