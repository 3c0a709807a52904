/**
 * Durations as Backstage's config writes them: `{ minutes: 5 }`, `'5m'`, `'5 minutes'`, or ISO 8601 (`'PT5M'`); and several
 * in one, `'1h30m'`. This is the one reading of them; the schemas of keys are made on it.
 *
 * A number without a unit is what Backstage takes it for: milliseconds in `backend.server` and `backend.cache`, nothing
 * elsewhere. In keys of our own it is what their documentation says.
 */
import { isObject } from './isObject.ts';

/** A unit of {@link HumanDuration}; a month has 30 days and a year 365. @public */
export type DurationUnit =
  'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds';

/** A duration as an object, for example `{ minutes: 5 }`; its units add up. @public */
export type HumanDuration = { [K in DurationUnit]?: number };

const unitMilliseconds = {
  years: 365 * 86_400_000,
  months: 30 * 86_400_000,
  weeks: 7 * 86_400_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
  milliseconds: 1,
} as const satisfies Record<DurationUnit, number>;

/** The names of units in texts, in any letter case: those that the npm package `ms` knows, with which Backstage reads. */
const textUnits = new Map(
  Object.entries({
    milliseconds: 'ms msec msecs millisecond milliseconds',
    seconds: 's sec secs second seconds',
    minutes: 'm min mins minute minutes',
    hours: 'h hr hrs hour hours',
    days: 'd day days',
    weeks: 'w week weeks',
    months: 'mo month months',
    years: 'y yr yrs year years',
  } satisfies Record<DurationUnit, string>).flatMap(([unit, names]) =>
    names.split(' ').map((name) => [name, unitMilliseconds[unit as DurationUnit]] as const),
  ),
);

const isoPattern =
  /^P(?=.)(?:(\d+(?:[.,]\d+)?)Y)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?(?:T(?=.)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/;
const isoUnits = ['years', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds'] as const;

/** What a number without a unit is, for {@link durationToMilliseconds}. @public */
export interface BareNumberOptions {
  /** Default: no duration, as in most keys of Backstage. */
  bareNumber?: 'milliseconds' | 'seconds';
}

/**
 * The milliseconds of a duration, or `undefined` where the value is none: a wrong type, an unknown or an empty unit, a
 * negative or infinite number. Numbers may be texts, as a variable gives them.
 *
 * @public
 */
export function durationToMilliseconds(
  value: unknown,
  { bareNumber }: BareNumberOptions = {},
): number | undefined {
  const bare = bareNumber && numberOf(value);
  if (bare !== undefined) return Math.round(bare * unitMilliseconds[bareNumber ?? 'milliseconds']);
  if (typeof value === 'string') return fromText(value.trim());
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length === 0) return undefined;
  let sum = 0;
  for (const [unit, amount] of entries) {
    if (!Object.hasOwn(unitMilliseconds, unit)) return undefined;
    const number = numberOf(amount);
    if (number === undefined) return undefined;
    sum += number * unitMilliseconds[unit as keyof typeof unitMilliseconds];
  }
  return Math.round(sum);
}

/** A number that is none below zero, or the text of one. */
function numberOf(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^\s*\d*\.?\d+\s*$/.test(value);
  const number = isText ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

function fromText(text: string): number | undefined {
  const iso = isoPattern.exec(text);
  if (iso) {
    return isoUnits.reduce(
      (sum, unit, index) => sum + Number((iso[index + 1] ?? '0').replace(',', '.')) * unitMilliseconds[unit],
      0,
    );
  }
  if (!/^(?:\d*\.?\d+\s*[a-z]+\s*)+$/i.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d*\.?\d+)\s*([a-z]+)/gi)) {
    const milliseconds = textUnits.get(unit.toLowerCase());
    if (milliseconds === undefined) return undefined;
    sum += Number(amount) * milliseconds;
  }
  return Math.round(sum);
}
