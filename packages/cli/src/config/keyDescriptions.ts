/** What docs/reference/configuration.md and the pages of providers tell of each key. Written by `node scripts/docs.mjs`. */
export const keyDescriptions: Readonly<Record<string, { meaning?: string; default?: string }>> = {
  'app.baseUrl': {
    meaning:
      'The portal, as browsers see it: where answers may go, and where the OAuth server asks people for consent. http or https; in production https, or loopback',
    default: '`backend.baseUrl`',
  },
  'app.title': { meaning: "The portal's name on every page of sign-in", default: '`Vestibule`' },
  'backend.baseUrl': {
    meaning:
      'The backend, as browsers see it, with the path that a proxy takes off, if any. Required in production, and https there, or loopback',
    default: '`http://localhost:<port>`',
  },
  'backend.listen.host': {
    meaning: 'Where to listen; `backend.listen` may also be a port or `host:port`',
    default: 'loopback; in production all interfaces',
  },
  'backend.listen.port': { meaning: '0 lets the system choose', default: '7007' },
  'backend.https.certificate.cert': {
    meaning:
      'Certificate chain, PEM; then the listener speaks https. `backend.https` may also be `true`, for development: a certificate of its own',
    default: 'plain http',
  },
  'backend.https.certificate.key': { meaning: 'Its private key, PEM' },
  'backend.trustProxy': {
    meaning: 'Whose `X-Forwarded-For` counts: `true`, a number of proxies, addresses or subnets',
    default: "nobody's",
  },
  'discovery.endpoints[].target.internal': {
    meaning:
      'Where plugins are, called from here; `target` may also be one URL. `{{pluginId}}` stands for the plugin. `http+srv://host/path` takes host and port from the SRV record of `host`',
    default: 'this backend',
  },
  'discovery.endpoints[].target.external': {
    meaning: 'Where plugins are, called from browsers',
    default: 'this backend',
  },
  'discovery.endpoints[].plugins': {
    meaning:
      'Ids of the plugins that are there; `*` is every other plugin. The last entry that names a plugin counts',
  },
  'auth.environment': { meaning: 'Which block of a provider front ends ask for', default: '`development`' },
  'auth.session.secret': {
    meaning:
      'Seals attempts and encrypts tokens at rest: one, or a list, of which the first seals and all open. In production a weak one is refused; the same for all replicas',
    default: 'made and kept in the database, with a warning',
  },
  'auth.session.graceDuration': {
    meaning:
      'How long a refresh answers from the last good identity while the provider or the catalog is down',
    default: '`1h`',
  },
  'auth.signIn.allowAnyProviderResolvers': {
    meaning: "Whether resolvers added for `'*'` run where the config names none",
    default: '`false`',
  },
  'auth.signIn.onMissing': {
    meaning:
      'What becomes of a login that no resolver knows: `deny`, or `ephemeral`, which signs it in without a user in the catalog and is warned about at every start',
    default: '`deny`',
  },
  'auth.signIn.ephemeral.namespace': {
    meaning: "With `ephemeral`: the namespace of such people's references; never `default`",
    default: '`ephemeral`',
  },
  'auth.signIn.ephemeral.groups[].claim': {
    meaning: 'With `ephemeral`: a claim of the provider that gives a group',
    default: 'none',
  },
  'auth.signIn.ephemeral.groups[].value': { meaning: 'The value that the claim is, or holds' },
  'auth.signIn.ephemeral.groups[].group': { meaning: 'The group, a full entity reference' },
  'auth.ownership.mode': {
    meaning: 'Through which groups people own things: `direct`, or `transitive`',
    default: '`direct`',
  },
  'auth.ownership.maxDepth': {
    meaning: 'With `transitive`: how many levels of groups count, the direct one included; 1 to 20',
    default: '10',
  },
  'auth.ownership.include': {
    meaning: 'Only groups that match one of these patterns, for example `group:default/*`',
    default: 'all',
  },
  'auth.ownership.exclude': { meaning: 'No groups that match one of these patterns', default: 'none' },
  'auth.identityTokenAlgorithm': { meaning: 'With which algorithm tokens are signed', default: '`ES256`' },
  'auth.omitIdentityTokenOwnershipClaim': {
    meaning: 'Whether what a user owns stays out of the token and is served by `/v1/userinfo`',
    default: '`true`',
  },
  'auth.backstageTokenExpiration': {
    meaning: 'How long a token lasts; 10 minutes to 24 hours',
    default: '`1h`',
  },
  'auth.keyStore.provider': {
    meaning:
      '`database`, `static` or `memory`, which is for trials: its key dies with the process. `firestore` is accepted, and the database takes its place',
    default: '`database`',
  },
  'auth.keyStore.static.keys[].publicKeyFile': {
    meaning: 'SPKI in PEM; relative to the working directory. The first key signs, all are published',
  },
  'auth.keyStore.static.keys[].privateKeyFile': { meaning: 'PKCS#8 in PEM, not encrypted' },
  'auth.keyStore.static.keys[].keyId': { meaning: 'The `kid`' },
  'auth.keyStore.static.keys[].algorithm': {
    meaning: 'As `auth.identityTokenAlgorithm`, which does not count then',
    default: '`ES256`',
  },
  'auth.experimentalExtraAllowedOrigins': {
    meaning: 'Further origins that may sign people in; globs, `*` stays inside one part',
    default: 'none',
  },
  'auth.autologout': { meaning: "Read by Backstage's front end; accepted" },
  'auth.signInPage.title': { meaning: "The portal's name", default: '`app.title`' },
  'auth.signInPage.logo': {
    meaning: 'Before the name: a file, a path of this origin, or a data URL; at most 64 KB',
    default: 'our mark',
  },
  'auth.signInPage.colors.light.*': {
    meaning:
      '`accent`, `onAccent`, `background`, `surface`, `text`, `mutedText`, `border`: `#1b6670`, `rgb(27 102 112)` or `hsl(187 61% 27%)`. Pairs that are hard to read are warned of',
    default: 'ours',
  },
  'auth.signInPage.colors.dark.*': { meaning: 'The same, where the system is dark', default: 'ours' },
  'auth.signInPage.languages': {
    meaning: 'Which languages the pages have; the first where a browser asks for none of them',
    default: '`[en, de]`, and those of `messages`',
  },
  'auth.signInPage.messages.*': {
    meaning:
      "Language → section → text, for some texts or for a language of one's own; the keys of the English catalogue",
    default: 'none',
  },
  'auth.signInPage.showTokens': {
    meaning: 'Whether the sign-in page shows the tokens of whoever signed in',
    default: 'in development',
  },
  'auth.allow.domains': {
    meaning:
      'Lets in who has an address in one of these domains, not below them, which the provider vouches for',
  },
  'auth.allow.users': {
    meaning:
      'Lets in these people: addresses, names at the provider, or full references such as `user:default/jane`',
  },
  'auth.allow.groups': {
    meaning: 'Lets in members of these groups, as the provider names them, or of `group:default/staff`',
  },
  'auth.allow.hostedDomains': { meaning: 'Lets in accounts of these Google Workspace domains' },
  'auth.allow.githubOrganizations': { meaning: 'Lets in members of these organizations' },
  'auth.allow.githubTeams': {
    meaning: 'Lets in active members of these teams, `organization/team-slug`, and of teams below them',
  },
  'auth.providers.<name>.type': {
    meaning: 'Which type of provider it is, for example `oidc`',
    default: 'the id',
  },
  'auth.providers.<name>.title': { meaning: 'Its name on the sign-in page', default: "the vendor's" },
  'auth.providers.<name>.icon': {
    meaning:
      '`building`, `github`, `google`, `key`, `openid`, `person`, `shield`, or an https URL of a picture',
    default: 'by type',
  },
  'auth.providers': {
    meaning: 'Provider id → environment → the keys below; beside the environments, the keys above',
  },
  'auth.providers.<name>.<name>.clientId': { meaning: 'Required' },
  'auth.providers.<name>.<name>.clientSecret': {
    meaning:
      'Required, except for public clients where the provider allows them. In production a weak one is refused',
  },
  'auth.providers.<name>.<name>.callbackUrl': {
    meaning: 'Where the provider sends people back',
    default: '`<backend.baseUrl>/api/auth/<id>/handler/frame`',
  },
  'auth.providers.<name>.<name>.additionalScopes': {
    meaning: 'Asked for always; a list, or text with spaces',
    default: 'none',
  },
  'auth.providers.<name>.<name>.sessionDuration': {
    meaning: 'How long a session lasts at most; up to 400 days',
    default: '400 days',
  },
  'auth.providers.<name>.<name>.signIn.resolvers[].resolver': {
    meaning:
      'The resolvers, in order; their options stand beside. `[]` means no sign-in. Names of other distributions are accepted',
    default: "those that modules added, or else the provider's own",
  },
  'auth.staticClients[].clientId': { meaning: 'What the client calls itself; printable ASCII, and no URL' },
  'auth.staticClients[].clientName': { meaning: 'What the consent page calls it', default: 'the id' },
  'auth.staticClients[].clientSecret': {
    meaning:
      'What it proves itself with, in the header or the body; kept in memory as a hash. Without it the client is public',
  },
  'auth.staticClients[].redirectUris': { meaning: 'Where it may be answered' },
  'auth.clientIdMetadataDocuments.enabled': {
    meaning: 'Clients whose id is the URL of their description',
    default: '`false`',
  },
  'auth.clientIdMetadataDocuments.allowedClientIdPatterns': {
    meaning:
      'Which ids may be fetched. By a pattern with `*` only public addresses are reached; a URL written out may lead anywhere',
    default:
      '`https://claude.ai/*`, `https://vscode.dev/*`, `https://chatgpt.com/oauth/codex/*/client.json`, `https://cursor.com/oauth/mcp-client.json`',
  },
  'auth.clientIdMetadataDocuments.allowedRedirectUriPatterns': {
    meaning: 'Where such a client may be redirected to, if its document says so, too',
    default: 'this machine, `http`, any port and path',
  },
  'auth.experimentalClientIdMetadataDocuments.*': {
    meaning: 'The name of old; without effect beside the new one',
  },
  'auth.experimentalDynamicClientRegistration.enabled': {
    meaning:
      'Clients that register themselves. Anybody may; deprecated, gone in the next release, and warned about at every start',
    default: '`false`',
  },
  'auth.experimentalDynamicClientRegistration.allowedRedirectUriPatterns': {
    meaning: 'Where they may be redirected to',
    default: '`cursor://*`, `https://www.cursor.com/*`, and this machine as above',
  },
  'auth.experimentalRefreshToken.enabled': {
    meaning: 'Refresh tokens for clients that ask for `offline_access`',
    default: '`false`',
  },
  'auth.experimentalRefreshToken.tokenLifetime': {
    meaning: 'How long one lives since its last use',
    default: '30 days',
  },
  'auth.experimentalRefreshToken.maxRotationLifetime': {
    meaning: 'How long those of one grant live altogether; longer than `tokenLifetime`',
    default: 'a year',
  },
  'auth.experimentalRefreshToken.maxTokensPerUser': {
    meaning: 'Grants of one user; the one not used for longest goes first',
    default: '20',
  },
  'auth.experimentalRefreshToken.dangerouslyDisableCatalogPresenceCheck': {
    meaning: 'New tokens also for users whom the catalog no longer has; warned about at every start',
    default: '`false`',
  },
  'fileCatalog.path': {
    meaning: 'A YAML file with users and groups instead of a Backstage catalog',
    default: 'the catalog that `discovery` names',
  },
  'devIdp.enabled': {
    meaning: 'The development identity provider. Refused in production',
    default: '`false`',
  },
  'devIdp.clients[].clientId': { meaning: 'Further applications that may send people there' },
  'backend.database.client': {
    meaning:
      '`better-sqlite3` (embedded) or `pg` (PostgreSQL). `backend.database` is required in production. `embedded-postgres` is accepted outside it, and kept in memory',
    default: 'in memory, with a warning',
  },
  'backend.database.connection.type': {
    meaning: '`default`, as in Backstage. Its kinds for databases in a cloud are not offered, and refused',
    default: '`default`',
  },
  'backend.database.connection.directory': {
    meaning: "Embedded: a folder, one file for each plugin. `connection: ':memory:'` keeps nothing",
  },
  'backend.database.connection.filename': { meaning: 'Embedded: one file, or `:memory:`' },
  'backend.database.connection.host': {
    meaning: 'PostgreSQL; `connection` may also be 🔒 a connection string',
  },
  'backend.database.connection.port': { default: '5432' },
  'backend.database.connection.database': { default: 'one for each plugin' },
  'backend.database.connection.ssl': { meaning: 'As node-postgres takes it' },
  'backend.database.prefix': { meaning: 'Begins the names of databases', default: '`backstage_plugin_`' },
  'backend.database.schemaPrefix': { meaning: 'Begins the names of schemas', default: 'none' },
  'backend.database.pluginDivisionMode': {
    meaning: '`database`, or `schema` in one database',
    default: '`database`',
  },
  'backend.database.ensureExists': { meaning: 'Whether missing databases are created', default: '`true`' },
  'backend.database.ensureSchemaExists': { meaning: 'Whether missing schemas are created' },
  'backend.database.role': { meaning: 'The role that owns what is created' },
  'backend.database.knexConfig': { meaning: 'Passed on to knex' },
  'backend.database.keepalive': {
    meaning:
      "PostgreSQL: asks each plugin's pool something every minute, for networks that drop unused connections",
    default: '`false`',
  },
  'backend.database.skipMigrations': {
    meaning: 'The operator brings tables up to date by other means',
    default: '`false`',
  },
  'backend.database.plugin.<name>.*': { meaning: 'The same for one plugin' },
  'backend.cors.origin': { meaning: 'Allowed origins, globs. Without, no CORS headers at all' },
  'backend.cors.maxAge': { meaning: 'Seconds' },
  'backend.cors.optionsSuccessStatus': { default: '204' },
  'backend.csp': { meaning: 'Directives of the content security policy; `false` removes one' },
  'backend.server.headersTimeout': { meaning: 'Time to send the headers', default: '`15s`' },
  'backend.server.requestTimeout': { meaning: 'Time to send the whole request', default: '`60s`' },
  'backend.server.keepAliveTimeout': {
    meaning: 'Longer than the idle timeout of a proxy in front',
    default: '`65s`',
  },
  'backend.server.timeout': { meaning: 'Silence on a socket', default: 'none' },
  'backend.rateLimit.window': {
    meaning: '`backend.rateLimit` may also be `true` or `false`',
    default: '`1m`',
  },
  'backend.rateLimit.incomingRequestLimit': {
    meaning: 'Requests of one session, or else address, within the window',
    default: '600',
  },
  'backend.rateLimit.ipAllowList': {
    meaning: 'Addresses and subnets that are never limited',
    default: 'loopback',
  },
  'backend.rateLimit.skipSuccessfulRequests': { default: '`false`' },
  'backend.rateLimit.skipFailedRequests': { default: '`false`' },
  'backend.rateLimit.global': { meaning: 'Whether the limit holds for the whole backend', default: '`true`' },
  'backend.rateLimit.plugin.<name>.*': { meaning: 'Limits of one plugin, on top' },
  'backend.rateLimit.store.*': { meaning: '`memory`, the only one', default: '`memory`' },
  'backend.health.headers': { meaning: 'Headers of the health routes' },
  'backend.auth.dangerouslyDisableDefaultAuthPolicy': {
    meaning: 'Routes of plugins need no credentials',
    default: '`false`',
  },
  'backend.auth.externalAccess[].type': {
    meaning:
      '`static`: one token. `legacy`: tokens signed with a shared secret (HS256, `sub` is `backstage-server`, no `aud`). `jwks`: tokens of an issuer that publishes its keys. Any other: a handler that was added',
  },
  'backend.auth.externalAccess[].options.token': {
    meaning:
      '`static`: the token, without spaces, at least 8 characters. In production one below 16, or another weak one, is refused; elsewhere it is warned about',
  },
  'backend.auth.externalAccess[].options.secret': {
    meaning: '`legacy`: the secret, base64, at least 8 bytes, and judged as a token is',
  },
  'backend.auth.externalAccess[].options.subject': {
    meaning: '`static`, `legacy`: what the caller is called',
  },
  'backend.auth.externalAccess[].options.url': {
    meaning: '`jwks`: the key set. https; http for loopback only',
  },
  'backend.auth.externalAccess[].options.issuer': {
    meaning:
      '`jwks`: whose tokens; text with spaces or commas, or a list, as the next two. Without `issuer` and `audience` every token that the keys verify is accepted, which is warned about',
    default: 'any',
  },
  'backend.auth.externalAccess[].options.audience': {
    meaning: '`jwks`: for whom they were made; one of these',
    default: 'anybody',
  },
  'backend.auth.externalAccess[].options.algorithm': {
    meaning: '`jwks`: how they are signed',
    default: 'any of `ES`, `RS`, `PS`, Ed',
  },
  'backend.auth.externalAccess[].options.subjectPrefix': {
    meaning: '`jwks`: the caller is `external:<prefix>:<sub>`',
    default: '`external:<sub>`',
  },
  'backend.auth.externalAccess[].options': { meaning: 'Of a handler that was added: whatever it asks for' },
  'backend.auth.externalAccess[].accessRestrictions[].plugin': {
    meaning: 'A plugin that may be called; others answer 403 `ERR_ACCESS_RESTRICTED`',
    default: 'all of them',
  },
  'backend.auth.externalAccess[].accessRestrictions[].permission': {
    meaning:
      'Only actions with these permissions. Handed to the plugin in `principal.accessRestrictions`: it holds where a plugin asks for permissions, and such a caller is not passed on to others',
    default: 'any',
  },
  'backend.auth.externalAccess[].accessRestrictions[].permissionAttribute.action': {
    meaning: 'The same for permissions that are `create`, `read`, `update` or `delete`',
    default: 'any',
  },
  'backend.auth.keys[].secret': {
    meaning: 'Deprecated: as `legacy`, under the subject `external:backstage-plugin`',
  },
  'backend.auth.keys[].accessRestrictions[].plugin': { default: 'all of them' },
  'backend.auth.keys[].accessRestrictions[].permission': { default: 'any' },
  'backend.auth.keys[].accessRestrictions[].permissionAttribute.action': { default: 'any' },
  'backend.auth.pluginKeyStore.type': {
    meaning:
      'Where the keys are with which plugins call each other: `database`, made by each process, or `static`, from files',
    default: '`database`',
  },
  'backend.auth.pluginKeyStore.static.keys[].publicKeyFile': { meaning: 'SPKI, PEM. All are published' },
  'backend.auth.pluginKeyStore.static.keys[].privateKeyFile': {
    meaning: 'PKCS#8, PEM. The first key signs and must have one',
  },
  'backend.auth.pluginKeyStore.static.keys[].keyId': { meaning: 'Its name in the key set' },
  'backend.auth.pluginKeyStore.static.keys[].algorithm': {
    meaning: 'With which algorithm it signs',
    default: '`ES256`',
  },
  'backend.startup.timeout': { meaning: 'Deadline of each factory and `init`', default: '`30s`' },
  'backend.startup.default.onPluginBootFailure': {
    meaning: '`abort`, or `continue` without the plugin',
    default: '`abort`',
  },
  'backend.startup.default.onPluginModuleBootFailure': {
    meaning: 'The same for modules',
    default: '`abort`',
  },
  'backend.startup.plugins.<name>.onPluginBootFailure': { meaning: 'The same for one plugin' },
  'backend.startup.plugins.<name>.modules.<name>.onPluginModuleBootFailure': {
    meaning: 'The same for one module',
  },
  'backend.lifecycle.startupRequestPauseTimeout': {
    meaning: 'How long a request waits for its plugin to start',
    default: '`5s`',
  },
  'backend.lifecycle.serverShutdownDelay': {
    meaning: 'How long requests are accepted after readiness turned 503',
    default: '0',
  },
  'backend.lifecycle.shutdownTimeout': { meaning: 'Deadline of each shutdown hook', default: '`15s`' },
  'backend.logger.level': { meaning: '`error`, `warn`, `info`, `debug`', default: '`info`' },
  'backend.logger.format': {
    meaning: '`text` or `json`; with `json`, readiness and a start that fails are lines of it, too',
    default: 'text on a terminal',
  },
  'backend.logger.meta': { meaning: 'Fields of every line' },
  'backend.logger.redactAllowlist': {
    meaning: 'Values that are written although a secret in the config is the same, such as `postgres`',
  },
  'backend.logger.overrides': { meaning: 'Levels by field' },
  'auth.providers.github.<name>.enterpriseInstanceUrl': {
    meaning: 'A GitHub Enterprise. https; http for loopback only',
    default: 'github.com',
  },
  'auth.providers.github.<name>.timeout': {
    meaning: 'Deadline of each call. More than 10 s has no effect: no outbound call takes longer',
    default: '`10s`',
  },
  'auth.providers.github.<name>.dangerouslyTrustUnverifiedEmail': {
    meaning:
      'Addresses count although GitHub does not call them verified: `true` or `[absent]` the public one; with `false` in the list also one that it calls unverified. Warned of at every start',
    default: '`false`',
  },
  'auth.providers.google.<name>.prompt': {
    meaning:
      "Without consent Google gives a refresh token at a person's first sign-in only. `auto`: nothing is sent, ever. Anything else is sent as it is",
    default: '`consent`',
  },
  'auth.providers.guest.userEntityRef': {
    meaning:
      "Who a guest is. What the reference leaves out is the catalog's own: `jane` is `user:default/jane`",
    default: '`user:development/guest`',
  },
  'auth.providers.guest.ownershipEntityRefs': {
    meaning: 'What a guest owns where the catalog does not know them',
    default: 'the guest alone',
  },
  'auth.providers.guest.dangerouslyAllowOutsideDevelopment': {
    meaning: 'Lets everybody who reaches the portal in, whatever `NODE_ENV` is; warned of at start',
    default: '`false`',
  },
  'auth.providers.guest.pickUser': {
    meaning: 'Lets guests sign in as any user of the catalog; in development only, whatever stands here',
    default: '`true`',
  },
  'auth.providers.oidc.<name>.metadataUrl': {
    meaning: 'The discovery document, or the issuer. https; http for loopback only',
    default: 'required',
  },
  'auth.providers.oidc.<name>.issuer': {
    meaning:
      'The issuer that the provider names in metadata, tokens and redirect, compared character by character: for a provider that is reached by another name',
    default: 'that of `metadataUrl`',
  },
  'auth.providers.oidc.<name>.tokenEndpointAuthMethod': {
    meaning: 'Also `client_secret_post`, or `none` for a public client without `clientSecret`',
    default: '`client_secret_basic`',
  },
  'auth.providers.oidc.<name>.tokenSignedResponseAlg': {
    meaning: 'With which algorithm ID tokens are signed; asymmetric ones only',
    default: '`RS256`',
  },
  'auth.providers.oidc.<name>.userinfoSignedResponseAlg': {
    meaning:
      'With which algorithm userinfo is signed; then JSON is refused. Without it JSON counts, and signed userinfo with an algorithm of the metadata, or else that of ID tokens',
    default: 'as the metadata lists it',
  },
  'auth.providers.oidc.<name>.prompt': {
    meaning:
      'Absent: `consent` with `offline_access`, otherwise nothing. `auto`: nothing, ever. Anything else is sent as it is',
    default: 'none',
  },
  'auth.providers.oidc.<name>.timeout': {
    meaning: 'Deadline of each call. More than 10 s has no effect: no outbound call takes longer',
    default: '`10s`',
  },
  'auth.providers.oidc.<name>.startUrlSearchParams': {
    meaning:
      "A map of further parameters, for example `{ acr_values: phr }`; `max_age` is enforced. The sign-in's own ones are refused",
    default: 'none',
  },
  'auth.providers.oidc.<name>.groupsClaim': {
    meaning:
      'In which claim the provider lists groups, for the gate `groups`: its name, or a path such as `realm_access.roles`; of an object its keys count',
    default: '`groups`',
  },
  'auth.providers.oidc.<name>.signOutAtProvider': {
    meaning: 'Whether signing out goes on at the provider, where it announces an `end_session_endpoint`',
    default: '`true`',
  },
  'auth.providers.oidc.<name>.tenantId': {
    meaning:
      'Entra: the one tenant whose people may sign in, by its id. Needed where `metadataUrl` is that of `common` or `organizations`; enforced in any case',
    default: 'none',
  },
  'auth.providers.oidc.<name>.dangerouslyTrustUnverifiedEmail': {
    meaning:
      'Addresses count although the provider does not say `email_verified: true`: `true` where it says nothing or the text `"true"`, or a list of `absent`, `text`, `false`; warned of at every start',
    default: '`false`',
  },
};
