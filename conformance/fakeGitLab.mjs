// As much of GitLab as its provider module asks for, on loopback.
import { once } from 'node:events';
import { createServer } from 'node:http';

/** Starts it; the answer is its base URL, which the module calls `audience`. */
export async function startFakeGitLab(context) {
  const server = createServer((request, response) => {
    const { origin, pathname, searchParams } = new URL(
      request.url,
      `http://127.0.0.1:${server.address().port}`,
    );
    const json = (body) => response.setHeader('Content-Type', 'application/json').end(JSON.stringify(body));
    if (pathname === '/oauth/authorize') {
      const callback = new URL(searchParams.get('redirect_uri'));
      callback.searchParams.set('code', 'a-code');
      callback.searchParams.set('state', searchParams.get('state'));
      response.writeHead(302, { Location: callback.href }).end();
    } else if (pathname === '/oauth/token') {
      json({
        access_token: 'gitlab-access-token',
        refresh_token: 'kept-from-browsers',
        token_type: 'Bearer',
        expires_in: 7200,
        scope: 'read_user',
      });
    } else if (pathname === '/api/v4/user') {
      json({
        id: 4711,
        username: 'jane',
        name: 'Jane Doe',
        email: 'jane@acme.example',
        avatar_url: `${origin}/jane.png`,
        web_url: `${origin}/jane`,
      });
    } else {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}`;
}
