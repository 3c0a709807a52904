/** The page on a server of its own, without a backend. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pages, type SignInPageSettings } from '@vestibule/plugin-auth-pages';
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

/** What may differ: the options of the page, and what its look is made from. */
export interface ServedOptions extends Partial<SignInPageOptions> {
  title?: string;
  signInPage?: SignInPageSettings;
}

export interface ServedPage {
  url: string;
  /** The HTML for other options than before. */
  html(options?: ServedOptions, headers?: Record<string, string>): Promise<string>;
  /** What another path answers, for other options than before. */
  get(path: string, options?: ServedOptions, headers?: Record<string, string>): Promise<Response>;
  stop(): void;
}

/** Serves the page for `http://localhost:7007`; what it passes on is answered with 418, an error with 400 and its code. */
export async function servePage(): Promise<ServedPage> {
  const assets = await loadAssets(new Pages({}).style);
  let options: ServedOptions = {};
  const server = createServer((request, response) => {
    const { title = 'Acme', signInPage, ...others } = options;
    const { app } = createSignInPage({
      pages: new Pages({ title, settings: signInPage }),
      portalUrl: undefined,
      address: { origin: 'http://localhost:7007', basePath: '', authPath: '/api/auth' },
      isDevelopment: true,
      asksForConsent: true,
      signInOptions: () => [oidcChoice],
      assets,
      guests: { isOfferedBy: () => false, search: async () => ({ users: [], truncated: false }) },
      owned: async () => ({ userEntityRef: 'user:default/jane', groups: [], entities: [], truncated: false }),
      ...others,
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
    async html(given = {}, headers = {}) {
      options = given;
      return (await fetch(`${url}/`, { headers })).text();
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
