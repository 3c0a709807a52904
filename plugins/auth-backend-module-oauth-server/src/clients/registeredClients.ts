/**
 * Clients that registered themselves (RFC 7591). Anybody may, so those that nobody ever approved are few and do not stay:
 * whoever fills the table drives out others of that kind, and no client that is in use.
 */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import type { ClockService } from '@vestibule/backend-plugin-api';
import type { Knex } from 'knex';
import { tables } from '../oauthTables.ts';
import { fingerprint, randomToken } from '@vestibule/plugin-auth-node';
import type { ClientRegistration } from './clientRegistration.ts';
import type { ClientAuthentication, ClientCredentials, OAuthClient } from './clients.ts';
import { throwUnavailable } from '../databaseFailure.ts';
import { isRedirectUriPermitted } from './redirectUris.ts';
import type { UrlPattern } from './urlPattern.ts';

const unusedMilliseconds = 86_400_000;
const maximumUnused = 1000;
/** As they are given out; anything else need not be looked for. */
const clientIdForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Of no secret; compared with where there is none, so that the answer takes as long. */
const noHash = fingerprint(randomToken());

interface ClientRow {
  client_id: string;
  client_name: string;
  redirect_uris: string;
  authentication: string;
  secret_hash: string | null;
  created_at: number | string;
  used_at: number | string | null;
}

/** What a client is told when it registers (RFC 7591 section 3.2.1). */
export interface RegisteredClient {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  /** Absent for a public client. It is shown this once. */
  readonly client_secret?: string;
  /** Seconds since the epoch. */
  readonly client_id_issued_at: number;
  /** 0: never. Absent for a public client. */
  readonly client_secret_expires_at?: 0;
  readonly token_endpoint_auth_method: Exclude<ClientAuthentication, 'client_secret'>;
  readonly grant_types: readonly string[];
  readonly response_types: readonly ['code'];
  readonly client_name: string;
  readonly scope?: string;
}

/** The store. */
export interface RegisteredClients {
  add(registration: ClientRegistration): Promise<RegisteredClient>;
  find(clientId: string): Promise<OAuthClient | undefined>;
  /** The client, where the credentials are its own; `undefined` for any other reason. */
  authenticate(credentials: ClientCredentials): Promise<OAuthClient | undefined>;
  /** Keeps a client from now on. */
  markUsed(clientId: string): Promise<void>;
}

export function createRegisteredClients(options: {
  database: Knex;
  clock: ClockService;
  /** Of today: a client that registered under others is bound by these. */
  redirectUriPatterns: readonly UrlPattern[];
}): RegisteredClients {
  const { database, clock, redirectUriPatterns } = options;
  const rows = () => database<ClientRow>(tables.oauthClients);

  let removing = Promise.resolve();

  async function findRow(clientId: string): Promise<ClientRow | undefined> {
    if (!clientIdForm.test(clientId)) return undefined;
    return rows().where({ client_id: clientId }).first().catch(throwUnavailable);
  }

  function clientOf(row: ClientRow): OAuthClient {
    const redirectUris = JSON.parse(row.redirect_uris) as string[];
    return {
      id: row.client_id,
      name: row.client_name,
      authentication: row.authentication as ClientAuthentication,
      isRedirectUriAllowed: (uri) =>
        redirectUris.includes(uri) && isRedirectUriPermitted(uri, redirectUriPatterns),
    };
  }

  async function removeUnused(): Promise<void> {
    await rows()
      .whereNull('used_at')
      .where('created_at', '<', clock.now() - unusedMilliseconds)
      .delete();
    const tooMany = rows()
      .whereNull('used_at')
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'client_id', order: 'desc' },
      ])
      .offset(maximumUnused)
      .select('client_id');
    // Asked again, since somebody may approve one meanwhile.
    await rows().whereNull('used_at').whereIn('client_id', tooMany).delete();
  }

  return {
    async add({ name, redirectUris, authentication, grantTypes, scope }) {
      const now = clock.now();
      const clientId = randomUUID();
      const secret = authentication === 'none' ? undefined : randomToken();
      await rows()
        .insert({
          client_id: clientId,
          client_name: name,
          redirect_uris: JSON.stringify(redirectUris),
          authentication,
          secret_hash: secret === undefined ? null : fingerprint(secret),
          created_at: now,
          used_at: null,
        })
        .catch(throwUnavailable);
      // One after the other. Where another replica locks the same rows, its work will do, or that of the next registration.
      removing = removing.then(removeUnused).catch(() => undefined);
      await removing;
      return {
        client_id: clientId,
        redirect_uris: redirectUris,
        client_id_issued_at: Math.floor(now / 1000),
        // RFC 7591 section 2: what a client has that did not say. It may also send its secret in the body.
        token_endpoint_auth_method:
          authentication === 'client_secret' ? 'client_secret_basic' : authentication,
        grant_types: grantTypes,
        response_types: ['code'],
        client_name: name,
        ...(secret !== undefined && { client_secret: secret, client_secret_expires_at: 0 }),
        ...(scope !== undefined && { scope }),
      };
    },

    async find(clientId) {
      const row = await findRow(clientId);
      return row && clientOf(row);
    },

    async authenticate(credentials) {
      const { clientId, method } = credentials;
      const row = await findRow(clientId);
      const isRight =
        credentials.method === 'none' ||
        timingSafeEqual(
          Buffer.from(fingerprint(credentials.secret)),
          Buffer.from(row?.secret_hash ?? noHash),
        );
      if (!row) return undefined;
      // A public client has nothing to prove; one that sends a secret is another than it says.
      const isMethodRight =
        row.authentication === method || (row.authentication === 'client_secret' && method !== 'none');
      return isMethodRight && isRight ? clientOf(row) : undefined;
    },

    async markUsed(clientId) {
      if (clientIdForm.test(clientId))
        await rows().where({ client_id: clientId }).update({ used_at: clock.now() }).catch(throwUnavailable);
    },
  };
}
