/**
 * Configs for comparing two judgements: valid ones, changed at random. Every key that a schema describes is set, rightly and
 * wrongly; keys are misspelt, moved and added; values come from variables and files, which are there or not; and a config
 * lies in several files.
 */
import fc from 'fast-check';
import { isObject, type ConfigSchema, type JsonObject, type JsonValue } from '@vestibule/backend-plugin-api';

/** The files of a config, by name, and which of them are read, in their order. */
export interface GeneratedConfig {
  readonly texts: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  /** Files that `$file` names and that are there; what they hold does not matter to who must not open them. */
  readonly valueFiles: readonly string[];
}

type Path = readonly (string | number)[];

/** A key that schemas describe. */
interface DescribedKey {
  readonly path: Path;
  readonly types: readonly string[];
  readonly options: readonly JsonValue[];
}

type Schema = Readonly<Record<string, unknown>>;

/** Every key that the schemas describe, with what may stand there. */
export function describedKeys(schemas: readonly ConfigSchema[]): DescribedKey[] {
  const found = new Map<string, { path: Path; types: Set<string>; options: Set<JsonValue> }>();
  for (const schema of schemas) {
    const document = schema['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
    if (document) walk(document, document, [], 0);
  }
  return [...found.values()].map(({ path, types, options }) => ({
    path,
    types: [...types],
    options: [...options],
  }));

  function walk(schema: Schema, document: Schema, path: Path, depth: number): void {
    if (depth > 14) return;
    const { $ref, properties, additionalProperties, items, type, enum: options, const: only, ours } = schema;
    if (typeof $ref === 'string') {
      const target = $ref
        .split('/')
        .slice(1)
        .reduce<unknown>((value, step) => (value as Schema | undefined)?.[step], document);
      if (isObject(target)) walk(target, document, path, depth + 1);
    }
    for (const members of [schema['anyOf'], schema['oneOf'], schema['allOf']]) {
      for (const member of Array.isArray(members) ? members : [])
        walk(member as Schema, document, path, depth + 1);
    }
    for (const member of Array.isArray(ours) ? (ours as Schema[]) : []) walk(member, member, path, depth + 1);
    if (path.length > 0) {
      const key = JSON.stringify(path);
      const known = found.get(key) ?? { path, types: new Set<string>(), options: new Set<JsonValue>() };
      for (const one of [type].flat()) if (typeof one === 'string') known.types.add(one);
      for (const one of Array.isArray(options) ? (options as JsonValue[]) : []) known.options.add(one);
      if (only !== undefined) known.options.add(only as JsonValue);
      found.set(key, known);
    }
    for (const [key, member] of Object.entries(isObject(properties) ? properties : {})) {
      if (isObject(member)) walk(member, document, [...path, key], depth + 1);
    }
    if (isObject(additionalProperties))
      walk(additionalProperties, document, [...path, nameAt(path)], depth + 1);
    if (isObject(items)) walk(items, document, [...path, 0], depth + 1);
  }
}

/** A key that users choose. */
function nameAt(path: Path): string {
  if (path.at(-1) === 'providers') return 'github';
  return path[0] === 'auth' && path[1] === 'providers' ? 'development' : 'auth';
}

const listen = { port: 0, host: '127.0.0.1' };
const database = { client: 'better-sqlite3', connection: ':memory:' };
const github = { clientId: 'portal', clientSecret: 'cQ8-a-secret-of-github-4cQ8' };
const byName = { resolvers: [{ resolver: 'usernameMatchingUserEntityName' }] };

/** What is changed: configs that start. */
const bases: readonly JsonObject[] = [
  { backend: { listen, database }, auth: { providers: { guest: {} } } },
  {
    app: { baseUrl: 'http://localhost:3000', title: 'Portal' },
    backend: {
      baseUrl: 'http://localhost:7007',
      listen,
      database,
      cors: { origin: 'http://localhost:3000' },
    },
    auth: {
      environment: 'development',
      session: { secret: 'cQ8-a-long-enough-session-secret-4cQ8' },
      providers: {
        guest: { userEntityRef: 'user:development/guest' },
        github: { development: { ...github, signIn: byName }, production: github },
      },
    },
  },
  {
    backend: {
      baseUrl: 'https://portal.acme.example',
      listen,
      database: { ...database, connection: { directory: '/tmp/nobody-writes-here' } },
      auth: {
        externalAccess: [{ type: 'static', options: { token: 'cQ8-a-token-of-ci-4cQ8', subject: 'ci' } }],
      },
    },
    auth: {
      environment: 'production',
      session: { secret: 'cQ8-a-long-enough-session-secret-4cQ8' },
      allow: { domains: ['acme.example'] },
      providers: {
        acme: {
          type: 'oidc',
          title: 'Acme',
          production: {
            metadataUrl: 'https://login.acme.example/.well-known/openid-configuration',
            clientId: 'portal',
            clientSecret: 'cQ8-a-secret-of-acme-4cQ8',
            signIn: {
              resolvers: [
                { resolver: 'emailMatchingUserEntityProfileEmail', allowedDomains: ['acme.example'] },
              ],
            },
          },
        },
        google: { production: { ...github, sessionDuration: { hours: 8 } } },
      },
    },
  },
];

/** Keys of the vendors, which no schema of the whole config describes. */
const vendorKeys: readonly DescribedKey[] = (
  [
    ['acme', 'production', 'metadataUrl'],
    ['acme', 'production', 'prompt'],
    ['acme', 'production', 'tokenEndpointAuthMethod'],
    ['acme', 'production', 'tokenSignedResponseAlg'],
    ['acme', 'production', 'groupsClaim'],
    ['acme', 'type'],
    ['acme', 'icon'],
    ['github', 'development', 'enterpriseInstanceUrl'],
    ['github', 'development', 'clientSecret'],
    ['github', 'development', 'callbackUrl'],
    ['github', 'development', 'signIn', 'resolvers', 0, 'resolver'],
    ['github', 'development', 'signIn', 'resolvers', 0, 'allowedDomains'],
    ['guest', 'userEntityRef'],
    ['guest', 'ownershipEntityRefs'],
    ['guest', 'dangerouslyAllowOutsideDevelopment'],
    ['guest', 'pickUser'],
  ] as const
).map((path) => ({ path: ['auth', 'providers', ...path], types: ['string'], options: [] }));

const texts = [
  ...['https://portal.acme.example', 'http://localhost:7007', 'localhost 7007', 'acme.example', 'true', 'no'],
  ...['5m', '30 days', '1s', '7', '7007', 'x', 'user:default/jane', 'group:default/staff', 'acme/team', ''],
  ...[
    'production',
    'development',
    'github',
    'oidc',
    'guest',
    'static',
    'pg',
    'changeme12345678',
    '127.0.0.1',
  ],
  ...['emailMatchingUserEntityProfileEmail', 'usernameMatchingUserEntityName', 'cQ8-long-enough-text-4cQ8'],
];
const others: readonly JsonValue[] = [
  ...[
    0,
    1,
    7,
    200,
    7007,
    -1,
    1.5,
    true,
    false,
    null,
    [],
    {},
    ['acme.example'],
    [1],
    { a: 1 },
    { minutes: 5 },
  ],
  ...[{ resolver: 'x' }, [{ resolver: 'usernameMatchingUserEntityName' }], 'jane@acme.example'],
];
const foreign = [
  'fetchApi',
  'params',
  'ssl',
  'kubernetes',
  'enableAuthProviders',
  'techdocs',
  'zzz',
  'a b',
  '9x',
];

/** One change: what is done, and three numbers that choose where and how. */
type Change = readonly [kind: number, a: number, b: number, c: number];

/** @param keys - Those that are set. */
export function generatedConfigs(keys: readonly DescribedKey[]): fc.Arbitrary<GeneratedConfig> {
  const number = fc.nat({ max: 1_000_000 });
  return fc
    .record({
      base: fc.nat({ max: bases.length - 1 }),
      changes: fc.array(fc.tuple(fc.nat({ max: 19 }), number, number, number), { maxLength: 5 }),
    })
    .map(({ base, changes }) => changed(bases[base] ?? {}, changes, [...keys, ...vendorKeys]));
}

function changed(
  base: JsonObject,
  changes: readonly Change[],
  keys: readonly DescribedKey[],
): GeneratedConfig {
  const config = structuredClone(base);
  const written: Record<string, string> = {};
  const files = ['app-config.yaml'];
  const valueFiles: string[] = [];
  const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];

  changes.forEach(([kind, a, b, c], index) => {
    const places = placesOf(config);
    const place = pick(places, a);
    const scalars = places.filter(({ value }) => typeof value !== 'object' || value === null);
    const scalar = pick(scalars, a);
    const objects = places.filter(({ value }) => isObject(value));
    const object = pick(objects, a);
    switch (kind) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5:
        set(config, pick(keys, a)?.path ?? [], valueFor(pick(keys, a), b, c));
        break;
      case 6:
      case 7:
        if (place && typeof place.key === 'string') rename(place, misspelt(place.key, b, c));
        break;
      case 8:
        // One level too high.
        if (place && place.path.length > 2) {
          set(config, [...place.path.slice(0, -2), String(place.key)], place.value);
          remove(place);
        }
        break;
      case 9:
        // One level too low.
        if (place && object && !startsWith(object.path, place.path) && object.value !== place.value) {
          (object.value as JsonObject)[String(place.key)] = place.value;
          remove(place);
        }
        break;
      case 10:
      case 11:
        if (object)
          (object.value as JsonObject)[pick(foreign, b) ?? 'zzz'] = pick([...others, ...texts], c) ?? null;
        break;
      case 12:
        if (place) replace(place, b % 2 === 0 ? null : '');
        break;
      case 13:
      case 14:
        if (scalar) replace(scalar, `\${VARIABLE_${b % 3}}`);
        break;
      case 15:
        if (typeof scalar?.value === 'string') {
          const at = b % (scalar.value.length + 1);
          replace(scalar, `${scalar.value.slice(0, at)}\${VARIABLE_${c % 3}}${scalar.value.slice(at)}`);
        } else if (scalar) replace(scalar, { $env: 'VARIABLE_0' });
        break;
      case 16:
        if (scalar) {
          const name = `value-${index}.txt`;
          if (b % 3 > 0) valueFiles.push(name);
          replace(scalar, { $file: name });
        }
        break;
      case 17:
        if (object) {
          const name = `part-${index}.json`;
          if (b % 3 > 0) written[name] = JSON.stringify(object.value);
          replace(object, { $include: b % 7 === 0 ? '${STAGE}.json' : name });
        }
        break;
      case 18: {
        const over: JsonObject = {};
        set(over, pick(keys, a)?.path ?? [], valueFor(pick(keys, a), b, c));
        const name = `over-${index}.yaml`;
        written[name] = JSON.stringify(over);
        files.push(name);
        break;
      }
      default: {
        const name = `odd-${index}.yaml`;
        if (b % 3 > 0) written[name] = b % 3 === 1 ? 'auth: {' : 'app: { title: A, title: B }\n';
        files.push(name);
      }
    }
  });
  written['app-config.yaml'] = JSON.stringify(config, undefined, 1);
  return { texts: written, files, valueFiles };
}

/** Mostly what may stand there, else anything. */
function valueFor(key: DescribedKey | undefined, b: number, c: number): JsonValue {
  const { types = [], options = [] } = key ?? {};
  const any = [...texts, ...others];
  const fitting: JsonValue[] = [
    ...options,
    ...(types.includes('string') ? texts : []),
    ...any.filter((value) => types.includes(typeof value)),
  ];
  const list = b % 4 === 0 || fitting.length === 0 ? any : fitting;
  return structuredClone(list[c % list.length] ?? null);
}

interface Place {
  readonly path: Path;
  readonly key: string | number;
  readonly value: JsonValue;
  readonly parent: JsonObject | JsonValue[];
}

function placesOf(parent: JsonObject | JsonValue[], path: Path = []): Place[] {
  const members: [string | number, JsonValue | undefined][] = Array.isArray(parent)
    ? [...parent.entries()]
    : Object.entries(parent);
  return members.flatMap(([key, value]): Place[] => {
    if (value === undefined) return [];
    const place: Place = { path: [...path, key], key, value, parent };
    return [place, ...(typeof value === 'object' && value !== null ? placesOf(value, place.path) : [])];
  });
}

function replace({ parent, key }: Place, value: JsonValue): void {
  (parent as Record<string | number, JsonValue>)[key] = value;
}

function remove({ parent, key }: Place): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function rename(place: Place, name: string): void {
  remove(place);
  (place.parent as JsonObject)[name] = place.value;
}

function set(root: JsonObject, path: Path, value: JsonValue): void {
  let current: JsonObject | JsonValue[] = root;
  path.forEach((step, index) => {
    const holder = current as Record<string | number, JsonValue>;
    if (index === path.length - 1) {
      holder[step] = value;
      return;
    }
    const next = holder[step];
    if (
      typeof next !== 'object' ||
      next === null ||
      Array.isArray(next) !== (typeof path[index + 1] === 'number')
    ) {
      holder[step] = typeof path[index + 1] === 'number' ? [] : {};
    }
    current = holder[step] as JsonObject | JsonValue[];
  });
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((step, index) => path[index] === step);
}

/** At an edit distance of one or two. */
function misspelt(name: string, b: number, c: number): string {
  const once = edited(name, b);
  return c % 2 === 0 ? once : edited(once, c);
}

function edited(name: string, number: number): string {
  const at = number % Math.max(1, name.length);
  switch (number % 4) {
    case 0:
      return name.slice(0, at) + name.slice(at + 1) || 'q';
    case 1:
      return `${name.slice(0, at)}q${name.slice(at)}`;
    case 2:
      return name.slice(0, at) + (name[at + 1] ?? 'q') + (name[at] ?? '') + name.slice(at + 2);
    default:
      return `${name.slice(0, at)}q${name.slice(at + 1)}`;
  }
}
