// The configs under which both hosts run, each one for both. Environments of a provider are its settings: one portal has many.
import { client } from '../vendorStandIn.mjs';
import { inNewest, inPrevious } from './sets.mjs';

const byEmail = { resolver: 'emailMatchingUserEntityProfileEmail' };
const byLocalPart = { resolver: 'emailLocalPartMatchingUserEntityName' };
const signIn = (...resolvers) => ({ signIn: { resolvers } });
const sessionSecret = 'differential-session-secret-0123456789-abcdefghij';

/** Of a caller who is no user. */
export const externalToken = 'a-static-token-of-the-differential-tests';

const inMemory = { client: 'better-sqlite3', connection: ':memory:' };

/** With every environment that the cases want. */
const plain = {
  about:
    'in production, over http on loopback; the front end on another port. Each environment is a setting of its provider.',
  baseUrl: 'http://localhost:7007',
  appUrl: 'http://localhost:3000',
  env: { NODE_ENV: 'production' },
  config({ idp, vendors }) {
    const oidc = {
      ...client,
      metadataUrl: idp.metadataUrl,
      prompt: 'consent',
      additionalScopes: ['offline_access'],
    };
    const github = { ...client, enterpriseInstanceUrl: `${vendors.url}/github` };
    const gitlab = { ...client, audience: `${vendors.url}/gitlab` };
    return {
      backend: {
        cors: { origin: ['http://localhost:3000', 'http://*.preview.test'], credentials: true },
        auth: {
          externalAccess: [{ type: 'static', options: { token: externalToken, subject: 'a-robot' } }],
        },
      },
      auth: {
        session: { secret: sessionSecret },
        experimentalExtraAllowedOrigins: ['http://*.preview.test'],
        providers: {
          oidc: {
            development: { ...oidc, ...signIn(byEmail) },
            silent: { ...client, metadataUrl: idp.metadataUrl, ...signIn(byEmail) },
            auto: { ...client, metadataUrl: idp.metadataUrl, prompt: 'auto', ...signIn(byEmail) },
            delegation: oidc,
            chain: { ...oidc, ...signIn(byEmail, byLocalPart) },
            domain: { ...oidc, ...signIn({ ...byLocalPart, allowedDomains: ['acme.example'] }) },
            fallback: {
              ...oidc,
              ...signIn({ ...byEmail, dangerouslyAllowSignInWithoutUserInCatalog: true }),
            },
            short: { ...oidc, sessionDuration: { hours: 1 }, ...signIn(byEmail) },
            wide: { ...oidc, additionalScopes: 'offline_access phone', ...signIn(byEmail) },
            elsewhere: {
              ...oidc,
              callbackUrl: 'http://localhost:7007/custom/callback',
              ...signIn(byEmail),
            },
          },
          github: {
            development: { ...github, ...signIn({ resolver: 'usernameMatchingUserEntityName' }) },
            delegation: github,
            id: { ...github, ...signIn({ resolver: 'userIdMatchingUserEntityAnnotation' }) },
          },
          google: {
            development: { ...client, ...signIn({ resolver: 'emailMatchingUserEntityAnnotation' }) },
            delegation: client,
          },
          gitlab: { development: { ...gitlab, ...signIn({ resolver: 'usernameMatchingUserEntityName' }) } },
          guest: { dangerouslyAllowOutsideDevelopment: true },
        },
      },
    };
  },
};

const secure = {
  about:
    'in production, behind TLS; the front end on another host. `identityTokenAlgorithm`, `omitIdentityTokenOwnershipClaim: false` and a `backstageTokenExpiration` below the least.',
  baseUrl: 'https://api.portal.test',
  appUrl: 'https://portal.test',
  env: { NODE_ENV: 'production' },
  config: ({ idp }) => ({
    backend: {
      trustProxy: true,
      csp: { 'connect-src': ["'self'", 'https:'], 'upgrade-insecure-requests': false },
      referrer: { policy: ['same-origin'] },
      database: { ...inMemory, keepalive: true },
      logger: { redactAllowlist: ['a-client'] },
    },
    auth: {
      session: { secret: sessionSecret },
      identityTokenAlgorithm: 'ES384',
      omitIdentityTokenOwnershipClaim: false,
      backstageTokenExpiration: { minutes: 2 },
      providers: {
        oidc: {
          development: {
            ...client,
            metadataUrl: idp.metadataUrl,
            prompt: 'consent',
            additionalScopes: ['offline_access'],
            ...signIn(byEmail),
          },
        },
        guest: { userEntityRef: 'user:default/visitor', ownershipEntityRefs: ['group:default/readers'] },
      },
    },
  }),
};

const development = {
  about:
    'as on the machine of whoever builds it: without a session secret, and with a provider that lacks a setting.',
  baseUrl: 'http://localhost:7007',
  appUrl: 'http://localhost:3000',
  env: { NODE_ENV: 'development' },
  config: ({ vendors }) => ({
    backend: { cors: { origin: 'http://localhost:3000', methods: ['GET', 'POST'], credentials: true } },
    auth: {
      backstageTokenExpiration: '2h',
      providers: {
        github: {
          development: {
            ...client,
            enterpriseInstanceUrl: `${vendors.url}/github`,
            ...signIn({ resolver: 'usernameMatchingUserEntityName' }),
          },
        },
        google: { development: { clientId: client.clientId } },
        guest: { userEntityRef: 'user:default/jane' },
      },
    },
  }),
};

/** As `plain`, so that the same cases can be sent. */
const hosted = {
  ...plain,
  about: "as `plain`, with Backstage's own provider modules in our host.",
  ours: 'hosted',
};

const refs = {
  about:
    "a module of somebody else's whose resolver issues references of any kind; `ent` stands in the tokens.",
  baseUrl: 'http://localhost:7007',
  appUrl: 'http://localhost:3000',
  env: { NODE_ENV: 'production' },
  config: () => ({
    auth: {
      session: { secret: sessionSecret },
      omitIdentityTokenOwnershipClaim: false,
      providers: { refs: {} },
    },
  }),
};

const oauth = {
  about: 'the OAuth server, with all its gates open, in development.',
  baseUrl: 'http://localhost:7007',
  appUrl: 'http://localhost:3000',
  env: { NODE_ENV: 'development' },
  config: ({ clientDocuments }) => ({
    backend: { cors: { origin: 'http://localhost:3000', credentials: true } },
    auth: {
      session: { secret: sessionSecret },
      backstageTokenExpiration: { minutes: 30 },
      experimentalDynamicClientRegistration: { enabled: true },
      clientIdMetadataDocuments: { enabled: true, allowedClientIdPatterns: Object.values(clientDocuments) },
      experimentalRefreshToken: { enabled: true },
      providers: { guest: { userEntityRef: 'user:default/jane' } },
    },
  }),
};

const redirectUris = ['http://127.0.0.1:8055/callback'];

/** OAuth clients of the config, as those who send requests for them know them. */
export const configuredClients = {
  confidential: { client_id: 'a-client-with-a-secret', client_secret: 'Zk3v-8Qx1nT6yB0rWm5LcE7u' },
  other: { client_id: 'another-client', client_secret: 'hJ4d-2Rf9pXs7Vq1MzG6tYb8' },
  odd: { client_id: '4711 + a/client: %', client_secret: 'Nw6k+3Ls%9uC/1pDv&7xTg:2fHz' },
  open: { client_id: 'a-client-without-a-secret' },
};

const staticClients = (...clients) =>
  clients.map(({ client_id: clientId, client_secret: clientSecret }) => ({
    clientId,
    ...(clientSecret && { clientName: `The client ${clientId}`, clientSecret }),
    redirectUris,
  }));

const ofTheConfig = {
  ...oauth,
  about: 'the OAuth server with clients of the config (`auth.staticClients`), and callers from outside.',
  config: () => ({
    backend: {
      cors: { origin: 'http://localhost:3000', credentials: true },
      auth: {
        externalAccess: [{ type: 'static', options: { token: externalToken, subject: 'a-robot' } }],
      },
    },
    auth: {
      session: { secret: sessionSecret },
      backstageTokenExpiration: { minutes: 30 },
      staticClients: staticClients(...Object.values(configuredClients)),
      experimentalRefreshToken: { enabled: true },
      providers: { guest: { userEntityRef: 'user:default/jane' } },
    },
  }),
};

/** With one gate of the OAuth server, or what looks like one. */
const gate = (about, auth) => ({
  ...oauth,
  about,
  config: () => ({
    auth: { session: { secret: sessionSecret }, ...auth, providers: { guest: {} } },
  }),
});

const gates = {
  'oauth secret': inNewest(
    gate('one client of the config, with a secret.', {
      staticClients: staticClients(configuredClients.confidential),
    }),
  ),
  'oauth open': inNewest(
    gate('one client of the config, without a secret; refresh tokens for whoever asks for them.', {
      staticClients: staticClients(configuredClients.open),
      experimentalRefreshToken: { enabled: true },
    }),
  ),
  'oauth documents': gate('clients are documents, by the name of old; nobody registers or refreshes.', {
    experimentalClientIdMetadataDocuments: { enabled: true },
  }),
  'oauth registration': inPrevious(
    gate('clients register; they are no documents, and refresh.', {
      experimentalDynamicClientRegistration: { enabled: true },
      experimentalRefreshToken: { enabled: true },
    }),
  ),
  'oauth refreshing': gate('refresh tokens for nobody: beside the new name, that of old opens nothing.', {
    clientIdMetadataDocuments: {},
    experimentalClientIdMetadataDocuments: { enabled: true },
    experimentalRefreshToken: { enabled: true },
  }),
};

const limited = {
  about: 'in production, behind a proxy, with a limit of requests for each address.',
  baseUrl: 'http://localhost:7007',
  appUrl: 'http://localhost:3000',
  env: { NODE_ENV: 'production' },
  config: () => ({
    backend: {
      trustProxy: true,
      rateLimit: { incomingRequestLimit: 3, window: { minutes: 1 }, ipAllowList: ['127.0.0.2'] },
    },
    auth: {
      session: { secret: sessionSecret },
      providers: { guest: { dangerouslyAllowOutsideDevelopment: true } },
    },
  }),
};

export const portals = {
  plain,
  secure,
  development,
  hosted,
  refs,
  oauth,
  'oauth clients': inNewest(ofTheConfig),
  ...gates,
  limited,
};

/** The config of a portal, complete. */
export const configOf = (portal, vendors, port) => {
  const { backend, auth } = portal.config(vendors);
  return {
    app: { baseUrl: portal.appUrl },
    backend: {
      baseUrl: portal.baseUrl,
      listen: { host: '127.0.0.1', port },
      database: inMemory,
      ...backend,
    },
    auth: { environment: 'development', ...auth },
  };
};
