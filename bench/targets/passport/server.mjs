// Passport as its documentation puts it together. Usage: node server.mjs SETTINGS, which are JSON.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import OpenIDConnectStrategy from 'passport-openidconnect';

const { port, issuer, clientId, clientSecret } = JSON.parse(process.argv[2]);

passport.use(
  new OpenIDConnectStrategy(
    {
      issuer,
      authorizationURL: `${issuer}/authorize`,
      tokenURL: `${issuer}/token`,
      userInfoURL: `${issuer}/userinfo`,
      clientID: clientId,
      clientSecret,
      callbackURL: `http://localhost:${port}/callback`,
      scope: ['profile', 'email'],
      skipUserProfile: false,
    },
    (_issuer, { id, displayName, emails }, done) => done(null, { id, displayName, email: emails[0].value }),
  ),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = express();
app.get('/health', (_request, response) => response.json({ status: 'ok' }));
app.use(
  session({ secret: 'pUqd3cM0v0rD8xkq0mJYbR2m7r0B1yQe9cT4xWn5', resave: false, saveUninitialized: false }),
);
app.use(passport.session());
app.get('/login', passport.authenticate('openidconnect'));
app.get(
  '/callback',
  passport.authenticate('openidconnect', { successRedirect: '/', failureRedirect: '/login?error' }),
);
app.get('/whoami', (request, response) => {
  if (request.user) response.json(request.user);
  else response.status(401).end();
});
app.listen(port, '127.0.0.1');
