/**
 * Clients that the operator names: `auth.staticClients`. For programs that can neither publish a metadata document nor
 * register themselves. Where they may be answered is written out, so no pattern is asked, and it is compared as a whole: a
 * loopback address is good with its own port only.
 */
import { timingSafeEqual } from 'node:crypto';
import { parseUrl } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { fingerprint } from '@vestibule/plugin-auth-node';
import { isClientName } from './clientName.ts';
import type { ClientCredentials, OAuthClient } from './clients.ts';
import { isRedirectUri } from './redirectUris.ts';

const isPublicMeant = 'must be text; leave the key out for a public client';

/** RFC 6749 appendix A.1; as long as a request may have it. */
const clientIdForm = /^[\x20-\x7e]{1,2048}$/;

// Strict: a key that nobody knows, such as `secret`, would leave the client a public one.
const clientSchema = z.strictObject({
  clientId: z
    .string()
    .regex(clientIdForm, 'must have 1 to 2048 characters, all of them printable ASCII')
    // Such an id is the address of a metadata document.
    .refine((id) => parseUrl(id) === undefined, 'must not be a URL'),
  /** What the consent page calls it. Default: the id. */
  clientName: z
    .string()
    .refine(isClientName, 'must have 1 to 200 characters, and none that controls the text around it')
    .optional(),
  /** Absent for a public client. */
  clientSecret: z
    .string({ error: isPublicMeant })
    .min(1, { error: isPublicMeant, abort: true })
    .regex(/^\P{Cc}+$/u, 'must have no line break or other control character')
    .meta({ visibility: 'secret' })
    .optional(),
  redirectUris: z
    .array(
      z
        .string()
        .refine(
          isRedirectUri,
          'must be an absolute URI that a browser leaves for, spelt as it is meant, without user name and fragment',
        ),
    )
    .min(1, 'must list an address'),
});

/** `auth.staticClients`. */
export const staticClientsSchema = z.array(clientSchema).superRefine((clients, context) => {
  clients.forEach(({ clientId }, index) => {
    const first = clients.findIndex((other) => other.clientId === clientId);
    if (first === index) return;
    const message = `is the id of auth.staticClients[${first}], too`;
    context.addIssue({ code: 'custom', path: [index, 'clientId'], message });
  });
});

/** A client as it is kept in memory: without its secret. */
export interface StaticClient {
  readonly clientId: string;
  readonly name: string;
  /** Absent for a public client. */
  readonly secretHash?: string;
  readonly redirectUris: readonly string[];
}

/** Takes the clients out of the config. */
export function readStaticClients(blocks: z.infer<typeof staticClientsSchema>): StaticClient[] {
  return blocks.map(({ clientId, clientName = clientId, clientSecret, redirectUris }) => ({
    clientId,
    name: clientName,
    redirectUris,
    ...(clientSecret !== undefined && { secretHash: fingerprint(clientSecret) }),
  }));
}

/** The clients. */
export interface StaticClients {
  find(clientId: string): OAuthClient | undefined;
  /** The client, where the credentials are its own; `undefined` for any other reason. */
  authenticate(credentials: ClientCredentials): OAuthClient | undefined;
}

export function createStaticClients(clients: readonly StaticClient[]): StaticClients {
  const byId = new Map(clients.map((client) => [client.clientId, client]));

  const clientOf = ({ clientId, name, secretHash, redirectUris }: StaticClient): OAuthClient => ({
    id: clientId,
    name,
    authentication: secretHash === undefined ? 'none' : 'client_secret',
    isRedirectUriAllowed: (uri) => redirectUris.includes(uri),
  });

  return {
    find(clientId) {
      const client = byId.get(clientId);
      return client && clientOf(client);
    },
    authenticate(credentials) {
      const client = byId.get(credentials.clientId);
      if (!client) return undefined;
      const { secretHash } = client;
      // A public client has nothing to prove; one that sends a secret is another than it says.
      const isProven =
        secretHash === undefined
          ? credentials.method === 'none'
          : credentials.method !== 'none' &&
            timingSafeEqual(Buffer.from(fingerprint(credentials.secret)), Buffer.from(secretHash));
      return isProven ? clientOf(client) : undefined;
    },
  };
}
