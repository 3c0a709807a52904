/**
 * When a key of the database signs, and how long what it signed is verified. Generation 0 signs at once, since no verifier can
 * hold an older set. Every later one signs only 15 minutes after it was published, because verifiers keep a key set for 10.
 */

/** No token lives longer, so a key is published this long after its last use. */
export const longestTokenMilliseconds = 86_400_000;
export const rereadMilliseconds = 10_000;
export const rotationMilliseconds = 7 * 86_400_000;
const publishedBeforeUseMilliseconds = 15 * 60_000;

/** What the schedule knows of a key. Times are milliseconds since the epoch. */
export interface ScheduledKey {
  readonly generation: number;
  readonly createdAt: number;
  /** Absent where it was sealed under another secret. */
  readonly active: unknown;
}

/** When a key begins to sign. */
export function signsFrom({ generation, createdAt }: ScheduledKey): number {
  return generation === 0 ? createdAt : createdAt + publishedBeforeUseMilliseconds;
}

/** The key that signs now. @param keys - The newest first. */
export function findActive<T extends ScheduledKey>(keys: readonly T[], now: number): T | undefined {
  const usable = keys.filter((key) => key.active);
  return usable.find((key) => signsFrom(key) <= now) ?? usable.at(-1);
}

/** When a key stops to sign: when its successor begins, or when it will be rotated. */
export function signsUntil(key: ScheduledKey, keys: readonly ScheduledKey[]): number {
  const successor = successorOf(key, keys);
  return successor ? signsFrom(successor) : plannedEnd(key);
}

/**
 * When the last token that a key signed has expired. Its successor can be late: nobody makes one while every replica stands
 * still or the database is away, and then the old key goes on.
 */
export function verifiesUntil(key: ScheduledKey, keys: readonly ScheduledKey[]): number {
  const successor = successorOf(key, keys);
  const lastUse = Math.max(plannedEnd(key), successor ? signsFrom(successor) : 0) + rereadMilliseconds;
  return lastUse + longestTokenMilliseconds;
}

function plannedEnd({ createdAt }: ScheduledKey): number {
  return createdAt + rotationMilliseconds + publishedBeforeUseMilliseconds;
}

function successorOf(key: ScheduledKey, keys: readonly ScheduledKey[]): ScheduledKey | undefined {
  return keys.findLast(
    (other) =>
      other.generation > key.generation && (other.active === undefined) === (key.active === undefined),
  );
}
