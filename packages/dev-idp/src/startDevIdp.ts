/** The provider as a server of its own, on loopback. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { walkAuthorization, type LoginAnswer } from './authorize.ts';
import type { DevIdpClient } from './clients.ts';
import { createDevIdp, type DevIdpControl } from './devIdp.ts';
import { demoPeople, type DemoPerson } from './people.ts';

/** @public */
export interface StartDevIdpOptions {
  clients: readonly DevIdpClient[];
  /** Default: {@link demoPeople}. */
  people?: readonly DemoPerson[];
  /** Whether a browser stays signed in at the provider, and can sign out there. Default: false. */
  remembersPeople?: boolean;
  /** Default 0: a free port. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
}

/** A running provider. @public */
export interface DevIdpServer extends DevIdpControl {
  /** For example `http://127.0.0.1:40123`. */
  readonly issuer: string;
  /** The issuer's discovery document, as `metadataUrl` in config takes it. */
  readonly metadataUrl: string;
  readonly port: number;
  /** Follows an authorization URL of this provider as a person; the answer is the callback URL with `code` or `error`. */
  authorize(url: string, answer: LoginAnswer): Promise<string>;
  /** Closes every connection. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a provider.
 *
 * @example
 * ```ts
 * const idp = await startDevIdp({
 *   clients: [{ clientId: 'vestibule', clientSecret: 'dev-only-secret', redirectUris: [callbackUrl] }],
 * });
 * const callback = await idp.authorize(authorizationUrl, { as: 'jane' });
 * idp.scenario({ token: '500' });
 * await idp.stop();
 * ```
 * @public
 */
export async function startDevIdp(options: StartDevIdpOptions): Promise<DevIdpServer> {
  const {
    clients,
    people = demoPeople,
    remembersPeople = false,
    port: wantedPort = 0,
    host = '127.0.0.1',
  } = options;
  // The issuer holds the port, so the server listens before there is a provider to answer.
  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wantedPort, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const issuer = `http://${host}:${port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  try {
    const { handler, control } = await createDevIdp({ issuer, clients, people, remembersPeople });
    answer = (request, response) => void handler(request, response, () => void response.writeHead(404).end());
    return {
      ...control,
      issuer,
      metadataUrl: `${issuer}/.well-known/openid-configuration`,
      port,
      authorize: walkAuthorization,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
