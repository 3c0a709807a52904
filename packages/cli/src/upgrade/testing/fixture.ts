/** The fixture: databases as the released code wrote them, and what browsers and programs were holding then. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HttpBrowser, type TestDatabase } from '@vestibule/backend-test-utils';
import { freshDatabase, type Engine } from './freshDatabase.ts';
import { restoreDatabase } from './savedDatabase.ts';
import type { RegisteredProgram } from './oauthProgram.ts';

/** The cookies of a browser. */
export type CookieJar = Readonly<Record<string, { value: string; path: string }>>;

/** An error as the wire had it. */
export interface RefusedBefore {
  status: number;
  code: string;
}

/** Where the portal had sent the browser, and with which cookies. */
export interface BegunSignIn {
  cookies: CookieJar;
  authorizationUrl: string;
}

/** What was held when the released code stopped. */
export interface HeldThings {
  commit: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
  /** By provider id; `untouched` is another one of `oidc`, with the scope `groups` besides. */
  sessions: Readonly<Record<'oidc' | 'partners' | 'github' | 'vendor' | 'untouched', CookieJar>>;
  /** What the session of `partners` gave out of the provider's. */
  providerInfo: Readonly<Record<string, unknown>>;
  /** Sign-ins that were started and had not come back. */
  begun: Readonly<Record<'oidc' | 'vendor' | 'redirect', BegunSignIn>>;
  /** A callback that had been used, with the cookies of before its use. `path`: with the query. */
  spent: { cookies: CookieJar; path: string; refused: RefusedBefore };
  /** The cookies of a session that was signed out then. */
  signedOut: { cookies: CookieJar; refused: RefusedBefore };
  /** Tokens that say who somebody is, by provider id. */
  userTokens: Readonly<Record<'oidc' | 'vendor' | 'guest', string>>;
  /** References of sign-ins that `vestibule explain` knew. */
  refusedReference: string;
  allowedReference: string;
  /** A program at the OAuth server. */
  program: {
    client: RegisteredProgram;
    refreshToken: string;
    /** One that was used, and what took its place. */
    replacedRefreshToken: string;
    successorRefreshToken: string;
    /** Approved, and not redeemed. */
    code: string;
    /** Begun, and not decided. */
    handle: string;
  };
}

/** A portal whose database is in the fixture. */
export interface ReleasedPortal {
  /** The folder of the fixture. */
  name: string;
  engine: Engine;
  baseUrl: string;
  /** Without one the backend had generated its own, and kept it in the database. */
  sessionSecret?: string;
}

const kinds = [
  {
    kind: 'configured-secret',
    baseUrl: 'http://localhost:7007',
    sessionSecret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
  },
  // Over https cookies have other names and attributes.
  { kind: 'generated-secret', baseUrl: 'https://portal.example.com' },
];

export const releasedPortals: readonly ReleasedPortal[] = (['SQLite', 'PostgreSQL'] as const).flatMap(
  (engine) =>
    kinds.map(({ kind, ...portal }) => ({ name: `${engine.toLowerCase()}-${kind}`, engine, ...portal })),
);

const fixtureFolder = fileURLToPath(new URL('../fixture', import.meta.url));

/** Where the fixture keeps what belongs to a portal. */
export function filesOf({ name }: Pick<ReleasedPortal, 'name'>) {
  const folder = join(fixtureFolder, name);
  return {
    folder,
    held: join(folder, 'held.json'),
    sqlite: join(folder, 'auth.sqlite'),
    postgres: join(folder, 'auth.sql'),
  };
}

/** A copy of what the released code left, to go on with. */
export interface InheritedDatabase {
  /** The value of `backend.database`. */
  database: TestDatabase['config'];
  /** For the config of the portal. */
  directory: string;
  held: HeldThings;
  cleanup(): Promise<void>;
}

/** @returns nothing where the engine is not there. */
export async function inherit(portal: ReleasedPortal): Promise<InheritedDatabase | undefined> {
  const files = filesOf(portal);
  const found = await freshDatabase(portal.engine);
  if (!found) return undefined;
  await restoreDatabase(portal.engine, found, files);
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-upgrade-'));
  return {
    database: found.config,
    directory,
    held: JSON.parse(await readFile(files.held, 'utf8')) as HeldThings,
    async cleanup() {
      await found.cleanup();
      await rm(directory, { recursive: true });
    },
  };
}

export function browserOf(cookies: CookieJar): HttpBrowser {
  const browser = new HttpBrowser();
  for (const [name, cookie] of Object.entries(cookies)) browser.cookies.set(name, cookie);
  return browser;
}

export function cookiesOf({ cookies }: HttpBrowser): CookieJar {
  return Object.fromEntries(cookies);
}
