// One server on loopback that plays every vendor whose module is tried here: authorization codes that work once, refresh
// tokens that rotate, profiles for a token, key sets. Vendors with fixed addresses are reached as well: while a stand-in
// runs, no https of this process leaves the machine.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import { SignJWT, exportJWK, exportSPKI, generateKeyPair } from 'jose';

export const client = { clientId: 'a-client', clientSecret: 'Kw4n8Qz2LxT7rYb3VmJd' };

/**
 * Starts it.
 *
 * @param options - `vendors`: by path, where a loopback path is as it is and `https://host/path` is `/host/path`. Of each
 *   `authorize`, `token` (one, or several for the same) and `revoke` are paths, `answers` gives what else it answers,
 *   `idToken` its claims.
 * @returns its base URL and port; `sign`, which makes a JWT; and what was `revoked`.
 */
export async function startVendorStandIn(context, vendors) {
  const keys = { RS256: await generateKeyPair('RS256'), ES256: await generateKeyPair('ES256') };
  const revoked = [];
  let url;
  const sign = async (claims, alg = 'RS256') =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: alg, typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(keys[alg].privateKey);
  const published = async () => ({
    jwks: {
      keys: await Promise.all(
        Object.entries(keys).map(async ([alg, { publicKey }]) => ({
          ...(await exportJWK(publicKey)),
          kid: alg,
          alg,
          use: 'sig',
        })),
      ),
    },
    pem: await exportSPKI(keys.ES256.publicKey),
  });
  const { jwks, pem } = await published();
  const codes = new Map();
  const accessTokens = new Set();
  const refreshTokens = new Map();

  const issue = async ({ tokens = {}, idToken, idTokenAlg, accessToken }, { scope, nonce }) => {
    const access = accessToken ? await sign(accessToken) : `access-${randomUUID()}`;
    const refresh = `kept-from-browsers-${randomUUID()}`;
    accessTokens.add(access);
    refreshTokens.set(refresh, scope);
    return {
      access_token: access,
      refresh_token: refresh,
      token_type: 'Bearer',
      expires_in: 3600,
      scope,
      ...(idToken && {
        id_token: await sign({ ...idToken(url), aud: client.clientId, ...(nonce && { nonce }) }, idTokenAlg),
      }),
      ...tokens,
    };
  };

  async function answerToken(vendor, form) {
    if (form.get('grant_type') === 'refresh_token') {
      // Okta's strategy writes the token beside a code that is none.
      const scope = refreshTokens.get(form.get('refresh_token'));
      if (!refreshTokens.delete(form.get('refresh_token'))) return { error: 'invalid_grant' };
      // Never more than at the sign-in (RFC 6749 section 6).
      return issue(vendor, { scope });
    }
    const code = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    if (code?.vendor !== vendor || code.redirectUri !== form.get('redirect_uri'))
      return { error: 'invalid_grant' };
    return issue(vendor, code);
  }

  async function answer(request, response) {
    const { host } = request.headers;
    const vendorHost = request.headers['x-vendor-host'] ?? (host.startsWith('127.0.0.1') ? '' : host);
    const { pathname, searchParams } = new URL(request.url, url);
    const path = `${vendorHost === '' ? '' : `/${vendorHost.replace(/:443$/, '')}`}${pathname}`;
    const json = (status, body) =>
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    const body = new URLSearchParams(await text(request));
    for (const vendor of vendors) {
      if (path === vendor.authorize) {
        const redirectUri = searchParams.get('redirect_uri');
        const code = randomUUID();
        codes.set(code, {
          vendor,
          redirectUri,
          scope: searchParams.get('scope') ?? '',
          nonce: searchParams.get('nonce'),
        });
        const callback = new URL(redirectUri);
        callback.searchParams.set('code', code);
        callback.searchParams.set('state', searchParams.get('state'));
        return response.writeHead(302, { Location: callback.href }).end();
      }
      if ([vendor.token].flat().includes(path)) {
        if (!provesClient(request, body)) return json(401, { error: 'invalid_client' });
        const tokens = await answerToken(vendor, body);
        return json(tokens.error ? 400 : 200, tokens);
      }
      if (path === vendor.revoke) {
        revoked.push(searchParams.get('token') ?? body.get('token'));
        return json(200, {});
      }
      const own = vendor.answers?.({ url, jwks, pem })[path];
      if (own === undefined) continue;
      if (own.text) return response.end(own.text);
      if (own.isPublic) return json(200, own.body);
      const token =
        request.headers.authorization?.replace(/^Bearer /i, '') ?? searchParams.get('access_token');
      if (!accessTokens.has(token)) return json(401, { error: 'invalid_token' });
      if (request.method === 'DELETE') revoked.push(token);
      response.setHeader('X-Ausername', 'jane');
      return json(200, own.body);
    }
    return json(404, { error: `nothing plays ${request.method} ${path}` });
  }

  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  url = `http://127.0.0.1:${port}`;
  const undo = leadHttpsTo(port);
  context.after(() => {
    undo();
    server.closeAllConnections();
    server.close();
  });
  return { url, port, sign, revoked };
}

async function text(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

/** In the form, or as Basic. Okta's strategy writes a colon after the scheme. */
function provesClient({ headers }, form) {
  const basic = /^Basic:? (.+)$/.exec(headers.authorization ?? '')?.[1];
  const [id, secret] = basic
    ? Buffer.from(basic, 'base64').toString().split(':')
    : [form.get('client_id'), form.get('client_secret')];
  return id === client.clientId && secret === client.clientSecret;
}

/** Leads what the modules send by https to a port of this machine, unencrypted. The modules stay as they are. */
export function leadHttpsTo(port) {
  const { fetch } = globalThis;
  const { createConnection } = https.globalAgent;
  https.globalAgent.createConnection = () => connect(port, '127.0.0.1');
  globalThis.fetch = async (input, init = {}) => {
    const target = new URL(input instanceof Request ? input.url : input);
    if (target.protocol !== 'https:') return fetch(input, init);
    const headers = new Headers(init.headers);
    headers.set('x-vendor-host', target.host);
    return fetch(`http://127.0.0.1:${port}${target.pathname}${target.search}`, { ...init, headers });
  };
  return () => {
    globalThis.fetch = fetch;
    https.globalAgent.createConnection = createConnection;
    https.globalAgent.destroy();
  };
}
