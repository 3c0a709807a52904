/**
 * Values to try for what the config takes from outside. Nobody here knows what a variable holds, but one that would fit is
 * among these, whatever a key asks for: so that what is still wrong with one that fits is a fault of the config itself.
 */

// The domains exist nowhere (RFC 6761 section 6.4).
const general: readonly ((name: string) => string)[] = [
  (name) => `https://variable.invalid/${name}`,
  (name) => Buffer.from(`stands in for the value of ${name}`).toString('base64url'),
  (name) => `${hostLabel(name)}.variable.invalid`,
  () => '7007',
  () => 'true',
  () => '1s',
  (name) => `v${name.replace(/[^A-Za-z0-9]/g, '')}`.slice(0, 60),
  (name) => `user:default/${hostLabel(name)}`,
  () => '400 days',
  () => '7',
  () => '204',
  (name) => `${hostLabel(name)}/${hostLabel(name)}`,
  () => 'localhost',
  () => '127.0.0.1',
  () => ':memory:',
  () => 'postgresql://variable.invalid/',
  (name) => `./${hostLabel(name)}`,
];

/** The words that some key takes and no other. */
const words: readonly string[] = [
  ...['pg', 'better-sqlite3', 'default', 'database', 'schema', 'static', 'legacy', 'jwks', 'memory', 'redis'],
  ...['info', 'text', 'json', 'abort', 'direct', 'deny', 'ES256', 'read', 'none', 'login'],
  ...['client_secret_basic', 'client_secret_post', 'emailMatchingUserEntityProfileEmail'],
];

/** Keys that decide what is asked of the keys beside them. */
const deciding = new Set(['type', 'provider', 'client', 'environment', 'resolver', 'onMissing']);

/** The values, most likely ones first. */
export function fittingValues(name: string): string[] {
  return [...general.map((make) => make(name)), ...words];
}

/** What else is tried at a key that decides, to tell what depends on it. */
export function decidingValues(name: string): string[] {
  return [`v${name.replace(/[^A-Za-z0-9]/g, '')}`.slice(0, 60), 'production', ...words];
}

export function decides(path: readonly (string | number)[]): boolean {
  return deciding.has(String(path.at(-1)));
}

function hostLabel(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'variable'
  );
}
