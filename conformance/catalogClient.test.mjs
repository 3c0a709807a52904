// The real `@backstage/catalog-client` against our host, whose catalog is a file or a service of one's own: from a
// Backstage plugin on that host, and with a user's token.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createBackendPlugin, coreServices } from '@backstage/backend-plugin-api';
import { CatalogClient, CATALOG_FILTER_EXISTS } from '@backstage/catalog-client';
import { createDefaultBackend } from '@vestibule/backend';
import { httpServerServiceRef } from '@vestibule/backend-defaults';
import { createServiceFactory, createServiceRef } from '@vestibule/backend-plugin-api';
import { createCatalogClient, createInMemoryCatalog } from '@vestibule/plugin-catalog-client';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';

const entities = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'jane', uid: 'uid-1', annotations: { 'acme.example/id': '4711' }, tags: ['a'] },
    spec: { profile: { email: 'jane@example.com', displayName: 'Jane' }, memberOf: ['team-a'] },
    relations: [{ type: 'memberOf', targetRef: 'group:default/team-a' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'Kim', uid: 'uid-2' },
    spec: { profile: { email: 'kim@example.com' }, memberOf: [] },
    relations: [],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'team-a' },
    spec: { type: 'team', children: [] },
    relations: [{ type: 'hasMember', targetRef: 'user:default/jane' }],
  },
];
const names = ({ items }) => items.map((item) => item?.metadata.name);

/** Our default backend, and what a plugin of Backstage's on it has. */
async function start(context, { features = [], config = {} } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-'));
  const found = {};
  let server;
  const file = join(directory, 'app-config.yaml');
  const data = {
    backend: {
      baseUrl: 'http://localhost:7007',
      listen: '127.0.0.1:0',
      database: { client: 'better-sqlite3', connection: ':memory:' },
    },
    auth: { providers: { guest: { dangerouslyAllowOutsideDevelopment: true } } },
    ...config,
  };
  await writeFile(file, JSON.stringify(data));
  const backend = createDefaultBackend({ configFiles: [file] });
  backend.add(
    createServiceFactory({
      service: createServiceRef({ id: 'observer', scope: 'root' }),
      deps: { httpServer: httpServerServiceRef },
      initialization: 'always',
      factory: ({ httpServer }) => {
        server = httpServer;
        return {};
      },
    }),
  );
  backend.add(
    createBackendPlugin({
      pluginId: 'hello',
      register: (reg) =>
        reg.registerInit({
          deps: { auth: coreServices.auth },
          async init(deps) {
            Object.assign(found, deps);
          },
        }),
    }),
  );
  for (const feature of features) backend.add(feature);
  await backend.start();
  context.after(async () => {
    await backend.stop();
    await rm(directory, { recursive: true });
  });
  const base = `http://127.0.0.1:${server.address().port}`;
  const discoveryApi = { getBaseUrl: async (pluginId) => `${base}/api/${pluginId}` };
  const { auth } = found;
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: await auth.getOwnServiceCredentials(),
    targetPluginId: 'catalog',
  });
  return { base, token, client: new CatalogClient({ discoveryApi }), options: { token } };
}

const ownCatalog = createServiceFactory({
  service: catalogServiceRef,
  deps: {},
  factory: () => createInMemoryCatalog(entities),
});

test('every reading method of CatalogClient is answered by a service of one’s own', async (context) => {
  const { client, options } = await start(context, { features: [ownCatalog] });

  assert.deepEqual(await client.getEntityByRef('user:default/jane', options), entities[0]);
  assert.equal(
    (await client.getEntityByRef({ kind: 'User', namespace: 'default', name: 'kim' }, options))?.metadata.uid,
    'uid-2',
  );
  assert.equal(await client.getEntityByRef('user:default/nobody', options), undefined);

  assert.deepEqual(names(await client.getEntities({}, options)), ['team-a', 'jane', 'Kim']);
  const filters = [
    [{ kind: 'User', 'spec.profile.email': 'JANE@example.com' }, ['jane']],
    [{ kind: ['Group', 'User'], 'metadata.annotations.acme.example/id': CATALOG_FILTER_EXISTS }, ['jane']],
    [
      [{ 'metadata.name': 'kim' }, { kind: 'group' }],
      ['team-a', 'Kim'],
    ],
    [{ 'relations.memberOf': 'group:default/team-a' }, ['jane']],
  ];
  for (const [filter, expected] of filters) {
    assert.deepEqual(names(await client.getEntities({ filter }, options)), expected);
  }
  const page = {
    order: { field: 'metadata.name', order: 'desc' },
    offset: 1,
    limit: 1,
    fields: ['metadata.name'],
  };
  const { items } = await client.getEntities(page, options);
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['Kim'],
  );
  assert.equal(items[0].spec, undefined);

  const refs = ['user:default/kim', 'user:default/nobody', 'group:default/team-a'];
  assert.deepEqual(names(await client.getEntitiesByRefs({ entityRefs: refs }, options)), [
    'Kim',
    undefined,
    'team-a',
  ]);
  assert.deepEqual(
    names(await client.getEntitiesByRefs({ entityRefs: refs, filter: { kind: 'Group' } }, options)),
    [undefined, undefined, 'team-a'],
  );
  assert.deepEqual(
    names(await client.getEntitiesByRefs({ entityRefs: refs, query: { kind: 'group' } }, options)),
    [undefined, undefined, 'team-a'],
  );

  const first = await client.queryEntities(
    { filter: { kind: 'User' }, orderFields: { field: 'metadata.name', order: 'asc' }, limit: 1 },
    options,
  );
  assert.deepEqual([names(first), first.totalItems], [['jane'], 2]);
  const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor, limit: 1 }, options);
  assert.deepEqual([names(second), second.pageInfo.nextCursor], [['Kim'], undefined]);
  const term = { fullTextFilter: { term: 'JANE', fields: ['metadata.name'] } };
  assert.deepEqual(names(await client.queryEntities(term, options)), ['jane']);
  const query = { $all: [{ kind: 'User' }, { 'metadata.name': { $in: ['kim', 'x'] } }] };
  assert.deepEqual(names(await client.queryEntities({ query }, options)), ['Kim']);
  const streamed = [];
  for await (const some of client.streamEntities({ pageSize: 2 }, options)) streamed.push(some.length);
  assert.deepEqual(streamed, [2, 1]);

  assert.deepEqual(
    await client.getEntityFacets(
      { facets: ['kind', 'spec.profile.email'], filter: { kind: 'User' } },
      options,
    ),
    {
      facets: {
        kind: [{ value: 'User', count: 2 }],
        'spec.profile.email': [
          { value: 'jane@example.com', count: 1 },
          { value: 'kim@example.com', count: 1 },
        ],
      },
    },
  );
  assert.deepEqual(await client.getEntityAncestors({ entityRef: 'user:default/jane' }, options), {
    rootEntityRef: 'user:default/jane',
    items: [{ entity: entities[0], parentEntityRefs: [] }],
  });
  assert.deepEqual(await client.getLocations({}, options), { items: [] });
  assert.equal((await client.queryLocations({}, options)).totalItems, 0);
  assert.equal(await client.getLocationById('x', options), undefined);
  assert.equal(await client.getLocationByEntity('user:default/jane', options), undefined);

  const refused = async (act) =>
    act.then(
      () => undefined,
      ({ statusCode, response }) => statusCode ?? response?.status,
    );
  assert.equal(await refused(client.removeEntityByUid('uid-1', options)), 501);
  assert.equal(await refused(client.addLocation({ target: 'https://x.example' }, options)), 501);
  assert.equal(await refused(client.queryEntities({ query: { $not: { kind: 'User' } } }, options)), 400);
  // Nobody is nobody here, too.
  assert.equal(await refused(client.getEntities({}, {})), 401);
  assert.equal(await refused(client.getEntityByRef('user:default/jane', { token: 'forged' })), 401);
});

test('the routes by uid and by HEAD, and with the token of a user, who sees what the service shows', async (context) => {
  const seen = [];
  const asking = createServiceFactory({
    service: catalogServiceRef,
    deps: {},
    factory: () => {
      const inner = createInMemoryCatalog(entities);
      return {
        ...inner,
        getEntities: async (request, caller) => (
          seen.push(caller.credentials.principal.type),
          inner.getEntities(request, caller)
        ),
      };
    },
  });
  const { base, token } = await start(context, {
    features: [asking],
  });
  const get = (path, bearer, method = 'GET') =>
    fetch(`${base}/api/catalog${path}`, { method, headers: { authorization: `Bearer ${bearer}` } });
  assert.equal((await (await get('/entities/by-uid/uid-2', token)).json()).metadata.name, 'Kim');
  assert.equal((await get('/entities/by-uid/none', token)).status, 404);
  const head = await get('/entities', token, 'HEAD');
  assert.deepEqual([head.status, await head.text()], [200, '']);
  const guest = await fetch(`${base}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = await guest.json();
  assert.equal((await get('/entities', backstageIdentity.token)).status, 200);
  assert.deepEqual(seen, ['service', 'service', 'service', 'user']);
});

test('a catalog file is served as well', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'vestibule-'));
  context.after(async () => rm(directory, { recursive: true }));
  const path = join(directory, 'people.yaml');
  await writeFile(
    path,
    'apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: jane }\nspec: { memberOf: [] }\n',
  );
  const { client, options } = await start(context, { config: { fileCatalog: { path } } });
  assert.deepEqual(names(await client.getEntities({ filter: { kind: 'User' } }, options)), ['jane']);
});

test('a plugin `catalog` of one’s own is served in its place, and another backend’s is left alone', async (context) => {
  const own = createBackendPlugin({
    pluginId: 'catalog',
    register: (reg) =>
      reg.registerInit({
        deps: { http: coreServices.httpRouter },
        async init({ http }) {
          http.use((_request, response) => response.end('[]'));
        },
      }),
  });
  const mine = await start(context, { features: [own, ownCatalog] });
  assert.deepEqual(await mine.client.getEntities({}, mine.options), { items: [] });

  const elsewhere = await start(context, {
    features: [ownCatalog],
    config: {
      discovery: { endpoints: [{ target: 'http://127.0.0.1:1/api/{{pluginId}}', plugins: ['catalog'] }] },
    },
  });
  const answer = await fetch(`${elsewhere.base}/api/catalog/entities`, {
    headers: { authorization: `Bearer ${elsewhere.token}` },
  });
  assert.equal(answer.status, 404);
});

test('a catalog that would ask itself says so instead of asking for ever', async (context) => {
  let calls = 0;
  let base;
  const circle = createServiceFactory({
    service: catalogServiceRef,
    deps: { auth: coreServices.auth },
    factory({ auth }) {
      const client = createCatalogClient({
        discovery: { getBaseUrl: async () => `${base}/api/catalog` },
        auth,
        http: {
          request: async ({ url, headers, method, body }) => {
            calls += 1;
            const { authorization } = headers;
            const response = await fetch(url, { method, body, headers: { authorization } });
            return {
              status: response.status,
              headers: Object.fromEntries(response.headers),
              text: await response.text(),
            };
          },
        },
      });
      // Wrapped, so that nothing tells that it asks over HTTP.
      return { ...client, getEntities: async (request, caller) => client.getEntities(request, caller) };
    },
  });
  const started = await start(context, { features: [circle] });
  base = started.base;
  const answer = await fetch(`${base}/api/catalog/entities`, {
    headers: { authorization: `Bearer ${started.token}` },
  });
  assert.equal(answer.status, 503);
  assert.equal(calls >= 1 && calls <= 2, true, String(calls));
});
