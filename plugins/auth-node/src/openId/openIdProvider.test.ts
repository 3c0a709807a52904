import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { fixedOpenIdMetadata } from './openIdMetadata.ts';
import { createOpenIdProvider } from './openIdProvider.ts';

describe('requests at the same time', () => {
  it('each get their own answer, and end with their own signal', async () => {
    const waiting = new Map<string, ServerResponse>();
    let arrived = (): void => undefined;
    const allArrived = new Promise<void>((resolve) => (arrived = resolve));
    const server = createServer((request, response) => {
      // Read ahead.
      if (request.url === '/keys')
        return response.setHeader('content-type', 'application/json').end('{"keys":[]}');
      let form = '';
      request.on('data', (chunk) => (form += chunk));
      request.on('end', () => {
        waiting.set(new URLSearchParams(form).get('refresh_token')!, response);
        if (waiting.size === 3) arrived();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const http = createOutboundHttp();
    const provider = createOpenIdProvider({
      metadata: fixedOpenIdMetadata({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      }),
      clientId: 'client',
      clientSecret: 'secret',
      clientAuthentication: 'client_secret_post',
      idTokenAlgorithm: 'RS256',
      timeoutMilliseconds: 10_000,
      http,
      now: Date.now,
      resultOf: ({ claims }) => claims,
      claimsOf: (claims) => claims,
    });
    const refresh = async (name: string, signal: AbortSignal) =>
      provider.refresh({
        refreshToken: name,
        scopes: ['openid'],
        subject: name,
        issuer,
        questions: {},
        earlier: { result: { sub: name }, claimSources: { sub: 'ID token' } },
        signal,
      });
    try {
      const leaving = new AbortController();
      const never = new AbortController();
      const [jane, joe, left] = [
        refresh('jane', never.signal),
        refresh('joe', never.signal),
        refresh('left', leaving.signal),
      ];
      await allArrived;
      leaving.abort();
      await expect(left).rejects.toMatchObject({ code: 'ERR_PROVIDER_UNAVAILABLE' });
      for (const name of ['joe', 'jane']) {
        waiting
          .get(name)!
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ access_token: `access of ${name}`, token_type: 'bearer', expires_in: 60 }));
      }
      expect([await jane, await joe]).toMatchObject([
        { subject: 'jane', tokens: { accessToken: 'access of jane' } },
        { subject: 'joe', tokens: { accessToken: 'access of joe' } },
      ]);
    } finally {
      await http.close();
      server.close().closeAllConnections();
    }
  });
});
