// Backstage's provider modules, all that are on npm: how each is configured, where its start leads, and what plays its
// vendor. `standIn` says where that is reached: at an address from the config, or at the vendor's own, led to loopback.
import { client } from '../vendorStandIn.mjs';

const email = 'jane@acme.example';
const person = { name: 'Jane Doe', email, picture: 'https://acme.example/jane.png' };
const microsoftGraph = '00000003-0000-0000-c000-000000000000';

/** Who signs in. Each module finds her by its own resolver where it has one. */
export const people = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: {
      name: 'jane',
      annotations: {
        'google.com/email': email,
        'google.com/user-id': '4711',
        'graph.microsoft.com/user-id': 'oid-4711',
        'okta.com/email': email,
        'bitbucket.org/username': 'jane-at-bitbucket',
      },
    },
    spec: { profile: { displayName: 'Jane Doe', email } },
    relations: [{ type: 'memberOf', targetRef: 'group:default/rockets' }],
  },
];

const jane = 'user:default/jane';
const by = (resolver) => ({ signIn: { resolvers: [{ resolver }] } });
const byEmail = by('emailMatchingUserEntityProfileEmail');

/**
 * OAuth-type. `settings`: of its block. `startsAt`: what the Location begins with. `circle`: what the vendor answers, in
 * the terms of vendorStandIn.mjs; `idp` names a server of its own instead. `identity`: whom its resolver finds.
 */
export const oauthModules = [
  {
    name: 'atlassian',
    providerId: 'atlassian',
    standIn: 'vendor',
    settings: () => byEmail,
    startsAt: () => 'https://auth.atlassian.com/authorize?',
    circle: {
      authorize: '/auth.atlassian.com/authorize',
      token: '/auth.atlassian.com/oauth/token',
      answers: () => ({
        '/api.atlassian.com/me': { body: { account_id: '4711', ...person } },
        '/api.atlassian.com/oauth/token/accessible-resources': { body: [] },
      }),
    },
    identity: jane,
  },
  {
    name: 'auth0',
    providerId: 'auth0',
    standIn: 'vendor',
    settings: () => ({ domain: 'acme.auth0.example', additionalScopes: 'openid profile email', ...byEmail }),
    startsAt: () => 'https://acme.auth0.example/authorize?',
    circle: {
      authorize: '/acme.auth0.example/authorize',
      token: '/acme.auth0.example/oauth/token',
      idToken: () => ({ iss: 'https://acme.auth0.example/', sub: 'auth0|4711', ...person }),
      answers: () => ({ '/acme.auth0.example/userinfo': { body: { sub: 'auth0|4711', ...person } } }),
    },
    identity: jane,
    logoutUrl: /^https:\/\/acme\.auth0\.example\/v2\/logout\?client_id=a-client&returnTo=/,
  },
  {
    name: 'bitbucket',
    providerId: 'bitbucket',
    standIn: 'vendor',
    settings: () => by('usernameMatchingUserEntityAnnotation'),
    startsAt: () => 'https://bitbucket.org/site/oauth2/authorize?',
    circle: {
      authorize: '/bitbucket.org/site/oauth2/authorize',
      token: '/bitbucket.org/site/oauth2/access_token',
      answers: () => ({
        '/api.bitbucket.org/2.0/user': {
          body: {
            uuid: '{4711}',
            username: 'jane-at-bitbucket',
            display_name: 'Jane Doe',
            links: { html: { href: 'https://bitbucket.org/jane' } },
          },
        },
      }),
    },
    identity: jane,
  },
  {
    name: 'bitbucket-server',
    providerId: 'bitbucketServer',
    standIn: 'vendor',
    settings: () => ({ host: 'bitbucket.acme.example', ...byEmail }),
    startsAt: () => 'https://bitbucket.acme.example/rest/oauth2/latest/authorize?',
    circle: {
      authorize: '/bitbucket.acme.example/rest/oauth2/latest/authorize',
      token: '/bitbucket.acme.example/rest/oauth2/latest/token',
      answers: () => ({
        '/bitbucket.acme.example/plugins/servlet/applinks/whoami': { body: {} },
        '/bitbucket.acme.example/rest/api/latest/users/jane': {
          body: { id: 4711, name: 'jane', displayName: 'Jane Doe', emailAddress: email },
        },
      }),
    },
    identity: jane,
  },
  {
    name: 'github',
    providerId: 'github',
    standIn: 'config',
    settings: ({ url }) => ({
      enterpriseInstanceUrl: `${url}/github`,
      ...by('usernameMatchingUserEntityName'),
    }),
    startsAt: ({ url }) => `${url}/github/login/oauth/authorize?`,
    circle: {
      authorize: '/github/login/oauth/authorize',
      token: '/github/login/oauth/access_token',
      // As an OAuth app whose tokens do not expire: the access token is all there is.
      tokens: { refresh_token: undefined, expires_in: undefined },
      answers: () => ({
        '/github/api/v3/user': { body: { login: 'jane', id: 4711, node_id: 'U_4711', ...person } },
      }),
    },
    identity: jane,
  },
  {
    name: 'gitlab',
    providerId: 'gitlab',
    standIn: 'config',
    settings: ({ url }) => ({ audience: `${url}/gitlab`, ...by('usernameMatchingUserEntityName') }),
    startsAt: ({ url }) => `${url}/gitlab/oauth/authorize?`,
    circle: {
      authorize: '/gitlab/oauth/authorize',
      token: '/gitlab/oauth/token',
      answers: ({ url }) => ({
        '/gitlab/api/v4/user': { body: { id: 4711, username: 'jane', web_url: `${url}/jane`, ...person } },
      }),
    },
    identity: jane,
  },
  {
    name: 'google',
    providerId: 'google',
    standIn: 'vendor',
    settings: () => by('emailMatchingUserEntityAnnotation'),
    startsAt: () => 'https://accounts.google.com/o/oauth2/v2/auth?',
    circle: {
      authorize: '/accounts.google.com/o/oauth2/v2/auth',
      token: '/www.googleapis.com/oauth2/v4/token',
      revoke: '/oauth2.googleapis.com/revoke',
      idToken: () => ({ iss: 'https://accounts.google.com', sub: '4711', ...person }),
      answers: () => ({
        '/www.googleapis.com/oauth2/v3/userinfo': { body: { sub: '4711', email_verified: true, ...person } },
      }),
    },
    identity: jane,
    revokes: true,
  },
  {
    name: 'keycloak',
    scope: '@backstage-community',
    providerId: 'keycloak',
    standIn: 'config',
    settings: ({ url }) => ({
      baseUrl: `${url}/keycloak`,
      realm: 'acme',
      postLogoutRedirectUri: 'http://127.0.0.1:7007/bye',
      ...by('preferredUsernameMatchingUserEntityName'),
    }),
    startsAt: ({ url }) => `${url}/keycloak/realms/acme/protocol/openid-connect/auth?`,
    circle: {
      authorize: '/keycloak/realms/acme/protocol/openid-connect/auth',
      token: '/keycloak/realms/acme/protocol/openid-connect/token',
      revoke: '/keycloak/realms/acme/protocol/openid-connect/revoke',
      idToken: (url) => ({ iss: `${url}/keycloak/realms/acme`, sub: '4711', ...person }),
      answers: ({ url, jwks }) => {
        const realm = `${url}/keycloak/realms/acme`;
        return {
          '/keycloak/realms/acme/.well-known/openid-configuration': {
            isPublic: true,
            body: {
              issuer: realm,
              authorization_endpoint: `${realm}/protocol/openid-connect/auth`,
              token_endpoint: `${realm}/protocol/openid-connect/token`,
              userinfo_endpoint: `${realm}/protocol/openid-connect/userinfo`,
              revocation_endpoint: `${realm}/protocol/openid-connect/revoke`,
              // As browsers are to know it: of plain http, they are sent to localhost alone.
              end_session_endpoint: `${realm.replace('127.0.0.1', 'localhost')}/protocol/openid-connect/logout`,
              jwks_uri: `${realm}/protocol/openid-connect/certs`,
            },
          },
          '/keycloak/realms/acme/protocol/openid-connect/certs': { isPublic: true, body: jwks },
          '/keycloak/realms/acme/protocol/openid-connect/userinfo': {
            body: { sub: '4711', preferred_username: 'jane', ...person },
          },
        };
      },
    },
    identity: jane,
    revokes: true,
    logoutUrl:
      /^http:\/\/localhost:\d+\/keycloak\/realms\/acme\/protocol\/openid-connect\/logout\?client_id=a-client&post_logout_redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A7007%2Fbye$/,
  },
  {
    name: 'microsoft',
    providerId: 'microsoft',
    standIn: 'vendor',
    settings: () => ({ tenantId: 'acme-tenant', ...by('userIdMatchingUserEntityAnnotation') }),
    startsAt: () => 'https://login.microsoftonline.com/acme-tenant/oauth2/v2.0/authorize?',
    circle: {
      authorize: '/login.microsoftonline.com/acme-tenant/oauth2/v2.0/authorize',
      token: '/login.microsoftonline.com/acme-tenant/oauth2/v2.0/token',
      accessToken: { aud: microsoftGraph, scp: 'openid email User.Read' },
      answers: () => ({
        '/graph.microsoft.com/v1.0/me/': { body: { id: 'oid-4711', displayName: 'Jane Doe', mail: email } },
        '/graph.microsoft.com/v1.0/me/photos/96x96/$value': { body: 'a picture' },
      }),
    },
    identity: jane,
  },
  {
    name: 'oauth2',
    providerId: 'oauth2',
    standIn: 'config',
    settings: ({ url }) => ({
      authorizationUrl: `${url}/oauth2/authorize`,
      tokenUrl: `${url}/oauth2/token`,
      ...by('emailLocalPartMatchingUserEntityName'),
    }),
    startsAt: ({ url }) => `${url}/oauth2/authorize?`,
    circle: {
      authorize: '/oauth2/authorize',
      token: '/oauth2/token',
      idToken: (url) => ({ iss: `${url}/oauth2`, sub: '4711', ...person }),
    },
    identity: jane,
  },
  {
    name: 'oidc',
    providerId: 'oidc',
    standIn: 'config',
    idp: true,
    settings: ({ idp }) => ({
      metadataUrl: idp.metadataUrl,
      prompt: 'consent',
      additionalScopes: ['offline_access'],
      ...by('emailLocalPartMatchingUserEntityName'),
    }),
    startsAt: ({ idp }) => `${idp.issuer}/`,
    identity: jane,
    revokes: true,
  },
  {
    name: 'okta',
    providerId: 'okta',
    standIn: 'config',
    settings: ({ url }) => ({ audience: `${url}/okta`, ...by('emailMatchingUserEntityAnnotation') }),
    startsAt: ({ url }) => `${url}/okta/oauth2/v1/authorize?`,
    circle: {
      authorize: '/okta/oauth2/v1/authorize',
      token: '/okta/oauth2/v1/token',
      answers: () => ({
        '/okta/oauth2/v1/userinfo': { body: { sub: '4711', preferred_username: 'jane', ...person } },
      }),
    },
    identity: jane,
  },
  {
    name: 'onelogin',
    providerId: 'onelogin',
    standIn: 'config',
    settings: ({ url }) => ({ issuer: `${url}/onelogin`, ...by('usernameMatchingUserEntityName') }),
    startsAt: ({ url }) => `${url}/onelogin/auth?`,
    circle: {
      authorize: '/onelogin/auth',
      token: '/onelogin/token',
      answers: () => ({ '/onelogin/me': { body: { sub: '4711', preferred_username: 'jane', ...person } } }),
    },
    identity: jane,
  },
  {
    name: 'openshift',
    providerId: 'openshift',
    standIn: 'config',
    settings: ({ url }) => ({
      authorizationUrl: `${url}/openshift/authorize`,
      tokenUrl: `${url}/openshift/token`,
      openshiftApiServerUrl: `${url}/openshift`,
      ...by('displayNameMatchingUserEntityName'),
    }),
    startsAt: ({ url }) => `${url}/openshift/authorize?`,
    circle: {
      authorize: '/openshift/authorize',
      token: '/openshift/token',
      answers: () => ({
        '/openshift/apis/user.openshift.io/v1/users/~': { body: { metadata: { name: 'jane' } } },
      }),
    },
    identity: jane,
  },
  {
    name: 'pinniped',
    providerId: 'pinniped',
    standIn: 'config',
    settings: ({ url }) => ({ federationDomain: `${url}/pinniped` }),
    startsAt: ({ url }) => `${url}/pinniped/authorize?`,
    circle: {
      authorize: '/pinniped/authorize',
      token: '/pinniped/token',
      idToken: (url) => ({ iss: `${url}/pinniped`, sub: '4711', username: 'jane' }),
      idTokenAlg: 'ES256',
      answers: ({ url, jwks }) => ({
        '/pinniped/.well-known/openid-configuration': {
          isPublic: true,
          body: {
            issuer: `${url}/pinniped`,
            authorization_endpoint: `${url}/pinniped/authorize`,
            token_endpoint: `${url}/pinniped/token`,
            jwks_uri: `${url}/pinniped/jwks.json`,
            code_challenge_methods_supported: ['S256'],
          },
        },
        '/pinniped/jwks.json': { isPublic: true, body: jwks },
      }),
    },
    // Its profile is empty, so that none of its resolvers can find anybody: it gives access to clusters.
    identity: undefined,
  },
].map((one) => ({ ...one, settings: (place) => ({ ...client, ...one.settings(place) }) }));

/**
 * Proxy-type. `block`: of its config, not divided by environment. `headers`: what the proxy in front of the portal would
 * send for Jane; `refusal` is the status of a request without them,
 * of a portal with `refusalBlock` where that is given.
 */
export const proxyModules = [
  {
    name: 'aws-alb',
    providerId: 'awsalb',
    standIn: 'vendor',
    block: () => ({ issuer: 'https://idp.acme.example', region: 'eu-west-1', ...byEmail }),
    answers: ({ pem }) => ({
      '/public-keys.auth.elb.eu-west-1.amazonaws.com/ES256': { isPublic: true, text: pem },
    }),
    async headers({ sign }) {
      const claims = { iss: 'https://idp.acme.example', sub: '4711', ...person };
      return {
        'x-amzn-oidc-data': await sign(claims, 'ES256'),
        'x-amzn-oidc-accesstoken': 'an-access-token',
      };
    },
    refusal: 401,
    identity: jane,
  },
  {
    name: 'azure-easyauth',
    providerId: 'azureEasyAuth',
    standIn: 'none',
    environment: {
      WEBSITE_SKU: 'PremiumV2',
      WEBSITE_AUTH_ENABLED: 'True',
      WEBSITE_AUTH_DEFAULT_PROVIDER: 'AzureActiveDirectory',
      WEBSITE_AUTH_TOKEN_STORE: 'True',
    },
    block: () => by('idMatchingUserEntityAnnotation'),
    async headers({ sign }) {
      const claims = { ver: '2.0', oid: 'oid-4711', preferred_username: 'jane', ...person };
      return {
        'x-ms-token-aad-id-token': await sign(claims),
        'x-ms-token-aad-access-token': 'an-access-token',
      };
    },
    refusal: 401,
    identity: jane,
  },
  {
    name: 'cloudflare-access',
    providerId: 'cfaccess',
    standIn: 'vendor',
    block: () => ({ teamName: 'acme', audience: 'an-audience', ...byEmail }),
    answers: ({ jwks }) => ({
      '/acme.cloudflareaccess.com/cdn-cgi/access/certs': { isPublic: true, body: jwks },
      '/acme.cloudflareaccess.com/cdn-cgi/access/get-identity': {
        isPublic: true,
        body: { id: '4711', name: 'Jane Doe', email, groups: [] },
      },
    }),
    // The cookie is read where there is no header.
    async headers({ sign }) {
      const claims = { iss: 'https://acme.cloudflareaccess.com', aud: 'an-audience', sub: '4711', email };
      return { cookie: `CF_Authorization=${await sign(claims)}` };
    },
    refusal: 401,
    identity: jane,
  },
  {
    name: 'gcp-iap',
    providerId: 'gcpIap',
    standIn: 'vendor',
    block: () => ({ audience: 'an-audience', ...by('idMatchingUserEntityAnnotation') }),
    answers: ({ pem }) => ({
      '/www.gstatic.com/iap/verify/public_key': { isPublic: true, body: { ES256: pem } },
    }),
    async headers({ sign }) {
      const claims = {
        iss: 'https://cloud.google.com/iap',
        aud: 'an-audience',
        sub: 'accounts.google.com:4711',
        email,
      };
      return { 'x-goog-iap-jwt-assertion': await sign(claims, 'ES256') };
    },
    refusal: 401,
    identity: jane,
  },
  {
    name: 'guest',
    providerId: 'guest',
    standIn: 'none',
    block: () => ({ dangerouslyAllowOutsideDevelopment: true }),
    headers: async () => ({}),
    // Everybody is a guest where that is allowed.
    refusalBlock: () => ({}),
    refusal: 403,
    identity: 'user:development/guest',
  },
  {
    name: 'oauth2-proxy',
    providerId: 'oauth2Proxy',
    standIn: 'none',
    block: () => by('forwardedUserMatchingUserEntityName'),
    headers: async () => ({ 'x-forwarded-user': 'jane', 'x-forwarded-email': email }),
    refusal: 401,
    identity: jane,
  },
];
