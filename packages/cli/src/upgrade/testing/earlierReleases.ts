/**
 * What was released before `releasedCommit` and after it, in the least that every one of them can: a portal with one OpenID
 * Provider, what browsers were holding when it stopped, and its database.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '@vestibule/backend-test-utils';
import { freshDatabase, type Engine } from './freshDatabase.ts';
import type { BegunSignIn, CookieJar } from './fixture.ts';
import { restoreDatabase } from './savedDatabase.ts';
import { catalog, portalEnvironment } from './upgradedPortal.ts';

/** By what was new in them. All 40 digits: a clone may be large. */
const earlierReleases = [
  { name: '1-first', commit: '620b1d6f67b72396ed8750fc5d19903c358f84e3' },
  { name: '2-browser-tests', commit: '437d210436b4d3bbb31ab3eb5272c9d5115ce97a' },
  { name: '3-oauth-server', commit: '11b3395ecb6b5a1dc2e8be55a57427bb74b08b97' },
  { name: '4-hosted-modules', commit: '6081915b5704b29edb978aa71a20c23f964c868f' },
  { name: '5-drop-in', commit: '5839d03bc8ff7bdb55dd172cb9478feb62657c74' },
  { name: '6-services', commit: '18c73d101e34bff7ffac99ee4332f3e3cd1f945c' },
  { name: '7-short-paths', commit: '1533559c8c8e59ca86acc63eceae0c72527db660' },
  { name: '8-held-tokens', commit: 'c5290d820b9d7752ab51980114d66fd9759ec1bc' },
] as const;

/** One of them on one engine. */
export interface EarlierPortal {
  readonly name: string;
  readonly commit: string;
  readonly engine: Engine;
}

/** What was held when it stopped. */
export interface EarlierThings {
  commit: string;
  /** What the provider called itself. */
  issuer: string;
  /** Milliseconds since the epoch. */
  madeAt: number;
  session: CookieJar;
  begun: BegunSignIn;
  userToken: string;
}

export const earlierPortals: readonly EarlierPortal[] = (['SQLite', 'PostgreSQL'] as const).flatMap(
  (engine) => earlierReleases.map((release) => ({ ...release, engine })),
);

const folder = fileURLToPath(new URL('../fixture/earlier', import.meta.url));

export function filesOfEarlier({ name }: Pick<EarlierPortal, 'name'>, engine: Engine) {
  const own = join(folder, name);
  return {
    folder: own,
    held: join(own, `${engine.toLowerCase()}.json`),
    sqlite: join(own, 'auth.sqlite'),
    postgres: join(own, 'auth.sql'),
  };
}

export const earlierBaseUrl = 'http://localhost:7007';

/** @returns the config file. Every release reads it. */
export async function writeEarlierPortal(portal: {
  directory: string;
  port: number;
  database: object;
  idp: { metadataUrl: string; clientId: string; clientSecret: string | undefined };
  /** Where it is not the address of the provider; the first releases do not know the key. */
  issuer?: string;
  /** Whether programs can act for people, which the first releases do not know; later ones made the tables for it anyway. */
  withPrograms?: boolean;
}): Promise<string> {
  const { directory, port, database, idp, issuer, withPrograms = false } = portal;
  const { metadataUrl, clientId, clientSecret } = idp;
  const configFile = join(directory, 'app-config.yaml');
  const signIn = { resolvers: [{ resolver: 'emailMatchingUserEntityProfileEmail' }] };
  const config = {
    app: { baseUrl: earlierBaseUrl },
    backend: { baseUrl: earlierBaseUrl, listen: { host: '127.0.0.1', port }, database },
    fileCatalog: { path: join(directory, 'catalog.yaml') },
    auth: {
      environment: portalEnvironment,
      ...(withPrograms && { experimentalDynamicClientRegistration: { enabled: true } }),
      session: { secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5' },
      providers: {
        oidc: {
          [portalEnvironment]: {
            metadataUrl,
            ...(issuer !== undefined && { issuer }),
            clientId,
            clientSecret,
            additionalScopes: ['offline_access'],
            signIn,
          },
        },
      },
    },
  };
  await writeFile(join(directory, 'catalog.yaml'), catalog);
  await writeFile(configFile, JSON.stringify(config, undefined, 2));
  return configFile;
}

/** A copy of what it left. @returns nothing where the engine is not there. */
export async function inheritEarlier(portal: EarlierPortal) {
  const database = await freshDatabase(portal.engine);
  if (!database) return undefined;
  const files = filesOfEarlier(portal, portal.engine);
  await restoreDatabase(portal.engine, database, files);
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-earlier-'));
  return {
    database: database.config,
    schema: async () => schemaOf(await database.connect('auth')),
    directory,
    held: JSON.parse(await readFile(files.held, 'utf8')) as EarlierThings,
    async cleanup() {
      await database.cleanup();
      await rm(directory, { recursive: true });
    },
  };
}

/** Tables, columns and indexes, each in a line. Those of the migrator and of services are not the plugin's alone. */
export async function schemaOf(knex: Awaited<ReturnType<TestDatabase['connect']>>): Promise<string[]> {
  const { dialect } = knex.client as { dialect: string };
  const lines =
    dialect === 'sqlite3'
      ? await knex.raw<{ line: string | null }[]>('select sql as line from sqlite_master')
      : (
          await knex.raw<{ rows: { line: string | null }[] }>(
            `select concat_ws(' ', table_name, column_name, data_type, character_maximum_length, is_nullable) as line
              from information_schema.columns where table_schema = current_schema()
              union select indexdef as line from pg_indexes where schemaname = current_schema()`,
          )
        ).rows;
  return lines.flatMap(({ line }) => line ?? []).sort();
}
