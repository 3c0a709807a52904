/** The page on a server of its own, without a backend. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { koaHandler } from '@vestibule/koa-handler';
import type { SignInChoice } from '@vestibule/plugin-auth-node';
import { loadAssets } from '../assets.ts';
import { createSignInPage, type SignInPageOptions } from '../signInPage.ts';

/** An ordinary choice. */
export const oidcChoice: SignInChoice = {
  providerId: 'oidc',
  environment: 'development',
  title: 'OpenID Connect',
  kind: 'oauth',
  signIn: true,
};

export interface ServedPage {
  url: string;
  /** The HTML for other options than before. */
  html(options?: Partial<SignInPageOptions>): Promise<string>;
  stop(): void;
}

/** Serves the page for `http://localhost:7007`; what it passes on is answered with 418. */
export async function servePage(): Promise<ServedPage> {
  const assets = await loadAssets();
  let options: Partial<SignInPageOptions> = {};
  const server = createServer((request, response) => {
    const app = createSignInPage({
      title: 'Acme',
      origin: 'http://localhost:7007',
      isDevelopment: true,
      choices: () => [oidcChoice],
      assets,
      owned: async () => ({ userEntityRef: 'user:default/jane', groups: [], entities: [], truncated: false }),
      ...options,
    });
    koaHandler(app)(request, response, () => response.writeHead(418).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async html(given = {}) {
      options = given;
      return (await fetch(`${url}/`)).text();
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
