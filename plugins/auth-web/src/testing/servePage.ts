/** The page on a server of its own, without a backend. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { koaHandler } from '@vestibule/koa-handler';
import type { SignInOption } from '@vestibule/plugin-auth-node';
import { loadAssets } from '../assets.ts';
import { createSignInPage, type SignInPageOptions } from '../signInPage.ts';

/** An ordinary choice. */
export const oidcChoice: SignInOption = {
  providerId: 'oidc',
  environment: 'development',
  type: 'oidc',
  title: 'OpenID Connect',
  kind: 'oauth',
  signIn: true,
};

export interface ServedPage {
  url: string;
  /** The HTML for other options than before. */
  html(options?: Partial<SignInPageOptions>): Promise<string>;
  /** What another path answers, for other options than before. */
  get(
    path: string,
    options?: Partial<SignInPageOptions>,
    headers?: Record<string, string>,
  ): Promise<Response>;
  stop(): void;
}

/** Serves the page for `http://localhost:7007`; what it passes on is answered with 418, an error with 400 and its code. */
export async function servePage(): Promise<ServedPage> {
  const assets = await loadAssets();
  let options: Partial<SignInPageOptions> = {};
  const server = createServer((request, response) => {
    const { app } = createSignInPage({
      title: 'Acme',
      address: { origin: 'http://localhost:7007', basePath: '', authPath: '/api/auth' },
      isDevelopment: true,
      asksForConsent: true,
      signInOptions: () => [oidcChoice],
      assets,
      guests: { isOfferedBy: () => false, search: async () => ({ users: [], truncated: false }) },
      owned: async () => ({ userEntityRef: 'user:default/jane', groups: [], entities: [], truncated: false }),
      ...options,
    });
    koaHandler(app)(request, response, (error) => {
      const { code } = (error ?? {}) as { code?: string };
      response.writeHead(error ? 400 : 418).end(code);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async html(given = {}) {
      options = given;
      return (await fetch(`${url}/`)).text();
    },
    async get(path, given = {}, headers = {}) {
      options = given;
      return fetch(`${url}${path}`, { headers });
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
