// Auth.js as its documentation puts it together; its path is without a wildcard, in which Express 5 would hide it from
// Auth.js. Usage: node server.mjs SETTINGS, which are JSON.
import { ExpressAuth, getSession } from '@auth/express';
import express from 'express';

const { port, issuer, clientId, clientSecret } = JSON.parse(process.argv[2]);
const config = {
  trustHost: true,
  secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5',
  providers: [
    {
      id: 'oidc',
      name: 'The provider',
      type: 'oidc',
      issuer,
      clientId,
      clientSecret,
      checks: ['pkce', 'state', 'nonce'],
      // The e-mail address is in userinfo.
      idToken: false,
      profile: ({ sub, name, email }) => ({ id: sub, name, email }),
    },
  ],
};

const app = express();
app.set('trust proxy', true);
app.get('/health', (_request, response) => response.json({ status: 'ok' }));
app.use('/auth', ExpressAuth(config));
app.get('/whoami', async (request, response) => {
  const session = await getSession(request, config);
  if (session) response.json(session.user);
  else response.status(401).end();
});
app.listen(port, '127.0.0.1');
