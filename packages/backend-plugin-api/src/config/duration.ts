/**
 * Durations as Backstage's config writes them: `{ minutes: 5 }`, `'5m'`, `'1h30m'`, or ISO 8601 (`'PT5M'`).
 */

const unitMilliseconds = {
  years: 365 * 86_400_000,
  months: 30 * 86_400_000,
  weeks: 7 * 86_400_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
} as const;

/** @public */
export type HumanDuration = { [K in keyof typeof unitMilliseconds]?: number };

const shortUnits: Record<string, keyof typeof unitMilliseconds> = {
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
  w: 'weeks',
  y: 'years',
};

const isoPattern =
  /^P(?=.)(?:(\d+(?:\.\d+)?)Y)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?=.)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const isoUnits = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/**
 * The milliseconds of a duration, or `undefined` where the value is none: a wrong type, an unknown or an empty unit, a
 * negative or infinite number.
 *
 * @public
 */
export function durationToMilliseconds(value: unknown): number | undefined {
  if (typeof value === 'string') return fromText(value.trim());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  let sum = 0;
  for (const [unit, amount] of entries) {
    if (!Object.hasOwn(unitMilliseconds, unit)) return undefined;
    if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0) return undefined;
    sum += amount * unitMilliseconds[unit as keyof typeof unitMilliseconds];
  }
  return Math.round(sum);
}

function fromText(text: string): number | undefined {
  const iso = isoPattern.exec(text);
  if (iso) {
    return isoUnits.reduce(
      (sum, unit, index) => sum + Number(iso[index + 1] ?? 0) * unitMilliseconds[unit],
      0,
    );
  }
  if (!/^(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w|y)\s*)+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|y)/g)) {
    sum += Number(amount) * unitMilliseconds[shortUnits[unit] ?? 'milliseconds'];
  }
  return Math.round(sum);
}
