/** A report without secrets. */

/** Every text in it, redacted. */
export function redactReport<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => redactReport(item, redact)) as T;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, redactReport(member as unknown, redact)]),
  ) as T;
}
