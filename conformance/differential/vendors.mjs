// The vendors of the differential tests, the same for both hosts: an OpenID Provider, and GitHub, Google and GitLab as far as
// their modules ask.
import { startDevIdp } from '@vestibule/dev-idp';
import { idpPeople } from './people.mjs';
import { portals } from './portals.mjs';
import { client, startVendorStandIn } from '../vendorStandIn.mjs';

const person = {
  name: 'Jane Doe',
  email: 'jane@example.com',
  email_verified: true,
  picture: 'https://acme.example/jane.png',
};

const gitHub = {
  authorize: '/github/login/oauth/authorize',
  token: '/github/login/oauth/access_token',
  // A token of an OAuth app: no end, and nothing to renew it with.
  tokens: { refresh_token: undefined, expires_in: undefined, token_type: 'bearer' },
  revoke: `/github/api/v3/applications/${client.clientId}/token`,
  answers: () => ({
    '/github/api/v3/user': {
      body: {
        id: 4711,
        node_id: 'MDQ6VXNlcjE=',
        login: 'jane',
        name: 'Jane Doe',
        email: 'jane@example.com',
        avatar_url: 'https://acme.example/jane.png',
        html_url: 'https://github.example/jane',
      },
    },
    '/github/api/v3/user/emails': {
      body: [{ email: 'jane@example.com', primary: true, verified: true, visibility: 'public' }],
    },
  }),
};

const google = {
  authorize: '/accounts.google.com/o/oauth2/v2/auth',
  // Theirs asks at an address that is older.
  token: ['/oauth2.googleapis.com/token', '/www.googleapis.com/oauth2/v4/token'],
  revoke: '/oauth2.googleapis.com/revoke',
  idToken: () => ({ iss: 'https://accounts.google.com', sub: '4711', ...person }),
  answers: ({ jwks }) => ({
    '/www.googleapis.com/oauth2/v3/userinfo': { body: { sub: '4711', ...person } },
    '/openidconnect.googleapis.com/v1/userinfo': { body: { sub: '4711', ...person } },
    '/www.googleapis.com/oauth2/v3/certs': { isPublic: true, body: jwks },
  }),
};

const gitLab = {
  authorize: '/gitlab/oauth/authorize',
  token: '/gitlab/oauth/token',
  answers: ({ url }) => ({
    '/gitlab/api/v4/user': {
      body: {
        id: 4711,
        username: 'jane',
        name: 'Jane Doe',
        email: 'jane@example.com',
        avatar_url: 'https://acme.example/jane.png',
        web_url: `${url}/jane`,
      },
    },
  }),
};

const documentPaths = {
  plain: '/client/document.json',
  // As ChatGPT's.
  signing: '/client/signing.json',
  signingOnly: '/client/signing-only.json',
  secret: '/client/secret.json',
};

const methods = {
  plain: { token_endpoint_auth_method: 'none' },
  signing: {
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    jwks_uri: 'https://client.example/jwks.json',
  },
  signingOnly: {
    token_endpoint_auth_method: 'private_key_jwt',
    jwks_uri: 'https://client.example/jwks.json',
  },
  secret: { token_endpoint_auth_method: 'client_secret_basic' },
};

/** OAuth clients that are documents (client ID metadata documents), by how they authenticate. */
const documents = {
  answers: ({ url }) =>
    Object.fromEntries(
      Object.entries(documentPaths).map(([name, path]) => [
        path,
        {
          isPublic: true,
          body: {
            client_id: `${url}${path}`,
            client_name: 'A documented client',
            redirect_uris: ['http://127.0.0.1:8055/callback'],
            ...methods[name],
          },
        },
      ]),
    ),
};

/**
 * Starts them.
 *
 * @returns `idp`; `vendors` (the stand-in) and its `port`; `clientDocuments`, ids of OAuth clients; `urls` by name; and `authorize(location, person)`, which follows a `Location` of a
 *   start to its callback URL.
 */
export async function startVendors(context) {
  const vendors = await startVendorStandIn(context, [gitHub, google, gitLab, documents]);
  const idp = await startDevIdp({
    people: idpPeople,
    clients: [
      {
        ...client,
        redirectUris: [
          ...Object.values(portals).map(({ baseUrl }) => `${baseUrl}/api/auth/oidc/handler/frame`),
          'http://localhost:7007/custom/callback',
        ].filter((uri, index, all) => all.indexOf(uri) === index),
      },
    ],
  });
  context.after(async () => idp.stop());
  return {
    idp,
    vendors,
    port: vendors.port,
    clientDocuments: Object.fromEntries(
      Object.entries(documentPaths).map(([name, path]) => [name, `${vendors.url}${path}`]),
    ),
    urls: { idp: idp.issuer, vendors: vendors.url },
    async authorize(location, answer = { as: 'jane' }) {
      if (location.startsWith(idp.issuer)) return idp.authorize(location, answer);
      return (await fetch(location, { redirect: 'manual' })).headers.get('location');
    },
  };
}
