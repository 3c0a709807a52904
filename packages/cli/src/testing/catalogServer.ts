/**
 * A catalog as a backend of its own, run as a program: `catalogServer.ts AUTH_URL`. It lets in whoever shows a service
 * token of plugin `auth` for plugin `catalog` that the keys published at `AUTH_URL` verify, as the backends of a portal do.
 *
 * It prints a JSON line for its address, and one for each request: what was asked, and what came of the token.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const [authUrl = ''] = process.argv.slice(2);
// Backends with other keys come and go at that URL within seconds, so that an unknown key is asked for at once.
const serviceKeys = createRemoteJWKSet(new URL(`${authUrl}/.backstage/auth/v1/jwks.json`), {
  cooldownDuration: 0,
});

/** As a Backstage catalog answers: more than sign-in needs. */
const jane = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: {
    annotations: {
      'backstage.io/managed-by-location': 'file:/srv/org.yaml',
      'backstage.io/managed-by-origin-location': 'file:/srv/org.yaml',
    },
    etag: '0e8d5bfa1f0f0a2a8f4fcb1b6d2e5a7a5f8c7d10',
    name: 'jane',
    namespace: 'default',
    uid: '7b1d2c61-7b2f-4d0b-8c6a-3c0f5a3f9a11',
  },
  relations: [
    { targetRef: 'group:default/team-a', type: 'memberOf' },
    { targetRef: 'group:default/admins', type: 'memberOf' },
    { targetRef: 'component:default/portal', type: 'ownerOf' },
  ],
  spec: { memberOf: ['team-a'], profile: { displayName: 'Jane Doe', email: 'jane@example.com' } },
};
const janesEmail = 'spec.profile.email=jane@example.com,kind=user';

const server = createServer((request, response) => {
  void (async () => {
    const refusal = await refusalOf(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://catalog');
    print({ request: `${request.method} ${request.url}`, token: refusal ?? 'accepted' });
    response.setHeader('content-type', 'application/json; charset=utf-8');
    if (refusal !== undefined) {
      const error = { name: 'AuthenticationError', message: refusal };
      response.writeHead(401).end(JSON.stringify({ error, response: { statusCode: 401 } }));
      return;
    }
    const isFound = pathname === '/api/catalog/entities' && searchParams.get('filter') === janesEmail;
    response.end(JSON.stringify(isFound ? [jane] : []));
  })();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
print({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

async function refusalOf({ headers }: IncomingMessage): Promise<string | undefined> {
  const [, token = ''] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? [];
  try {
    await jwtVerify(token, serviceKeys, {
      typ: 'vnd.backstage.plugin',
      subject: 'auth',
      audience: 'catalog',
      algorithms: ['ES256'],
      requiredClaims: ['iat', 'exp'],
    });
    return undefined;
  } catch (error) {
    return error instanceof errors.JOSEError ? error.code : String(error);
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
