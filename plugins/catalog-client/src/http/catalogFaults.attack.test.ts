/* What a catalog that is down, hangs, lies or is none at all leads to. The catalog is a process of its own. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createOutboundHttp } from '@vestibule/outbound-http';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import { callingAuth, discoveryOf, serviceCredentials } from '../testing/callingPlugin.ts';
import { startFaultyCatalog, type FaultyCatalog } from '../testing/startFaultyCatalog.ts';
import { createCatalogClient } from './catalogClient.ts';

const http = createOutboundHttp();
let faulty: FaultyCatalog;

beforeAll(async () => {
  faulty = await startFaultyCatalog();
});

afterAll(async () => {
  await http.close();
  await faulty.close();
});

function clientFor(baseUrl: string, timeoutMilliseconds?: number): CatalogService {
  return createCatalogClient({
    discovery: discoveryOf(baseUrl),
    auth: callingAuth(() => 'secret-token'),
    http,
    ...(timeoutMilliseconds !== undefined && { timeoutMilliseconds }),
  });
}

const questions: Record<string, (catalog: CatalogService, signal?: AbortSignal) => Promise<unknown>> = {
  getEntityByRef: async (catalog, signal) => catalog.getEntityByRef('user:default/jane', asService(signal)),
  getEntities: async (catalog, signal) =>
    catalog.getEntities({ filter: { kind: 'user' } }, asService(signal)),
  getEntitiesByRefs: async (catalog, signal) =>
    catalog.getEntitiesByRefs({ entityRefs: ['user:default/jane'] }, asService(signal)),
  queryEntities: async (catalog, signal) => catalog.queryEntities({}, asService(signal)),
};

function asService(signal?: AbortSignal): { credentials: typeof serviceCredentials; signal?: AbortSignal } {
  return { credentials: serviceCredentials, ...(signal && { signal }) };
}

describe.each(Object.keys(questions))('%s', (method) => {
  const ask = questions[method] as (typeof questions)[string];

  it.each(['503', '500', 'reset', 'redirect', 'html', 'broken-json', 'huge'])(
    'finds the catalog unavailable when its answer is: %s',
    async (fault) => {
      await expect(ask(clientFor(faulty.baseUrl(fault)))).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        code: 'ERR_CATALOG_UNAVAILABLE',
      });
    },
  );

  it.each(['hang', 'stall'])('waits no longer than its time for a catalog that does: %s', async (fault) => {
    const begun = performance.now();
    await expect(ask(clientFor(faulty.baseUrl(fault), 150))).rejects.toMatchObject({
      code: 'ERR_CATALOG_UNAVAILABLE',
      message: 'The software catalog did not answer in time.',
    });
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("ends at the caller's signal while the catalog hangs", async () => {
    const caller = new AbortController();
    const asked = ask(clientFor(faulty.baseUrl('hang')), caller.signal);
    setImmediate(() => caller.abort(new Error('the browser has gone')));
    await expect(asked).rejects.toMatchObject({
      code: 'ERR_CATALOG_UNAVAILABLE',
      cause: expect.objectContaining({ message: 'the browser has gone' }),
    });
  });

  it.each(['401', '403'])('is refused by a catalog that answers %s', async (fault) => {
    await expect(ask(clientFor(faulty.baseUrl(fault)))).rejects.toMatchObject({
      code: 'ERR_CATALOG_REFUSED',
    });
  });

  it('refuses an answer that is null', async () => {
    await expect(ask(clientFor(faulty.baseUrl('null')))).rejects.toMatchObject({
      code: 'ERR_CATALOG_ANSWER_INVALID',
    });
  });

  it('says nothing of the token, and nothing of the question to the person', async () => {
    for (const fault of ['503', '401', 'null', 'broken-json']) {
      const error = await ask(clientFor(faulty.baseUrl(fault))).catch((thrown: unknown) => thrown as Error);
      const told = JSON.stringify(error, Object.getOwnPropertyNames(error));
      expect(told).not.toContain('secret-token');
      expect((error as Error).message).toMatch(/^The software catalog [a-z ]+\.$/);
    }
  });
});

it('refuses the entity of somebody else, alone and among many', async () => {
  const client = clientFor(faulty.baseUrl('wrong-entity'));
  for (const method of ['getEntityByRef', 'getEntitiesByRefs']) {
    await expect(questions[method]?.(client)).rejects.toMatchObject({
      name: 'CatalogAnswerInvalidError',
      code: 'ERR_CATALOG_ANSWER_INVALID',
    });
  }
});

it.each(['404', '404-empty'])('takes a %s for the absence of an entity, not of a list', async (fault) => {
  const client = clientFor(faulty.baseUrl(fault));
  await expect(questions.getEntityByRef?.(client)).resolves.toBeUndefined();
  await expect(questions.getEntities?.(client)).rejects.toMatchObject({
    code: 'ERR_CATALOG_UNAVAILABLE',
    hint: expect.stringContaining('no catalog is there'),
  });
});

it("does not take a proxy's 404 page for the absence of a person, which would end their session", async () => {
  const client = clientFor(faulty.baseUrl('404-html'));
  for (const method of ['getEntityByRef', 'getEntities']) {
    await expect(questions[method]?.(client)).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
  }
});

it.each([
  ['getEntities', 'object'],
  ['getEntityByRef', 'array'],
  ['getEntitiesByRefs', 'array'],
  ['queryEntities', 'object'],
])('%s refuses an answer that is an %s', async (method, fault) => {
  await expect(questions[method]?.(clientFor(faulty.baseUrl(fault)))).rejects.toMatchObject({
    code: 'ERR_CATALOG_ANSWER_INVALID',
  });
});

it('finds the catalog unavailable where nobody listens', async () => {
  await expect(questions.getEntities?.(clientFor('http://127.0.0.1:1/api/catalog'))).rejects.toMatchObject({
    code: 'ERR_CATALOG_UNAVAILABLE',
  });
});

it('finds the catalog unavailable when no token can be had for it, and asks for nothing', async () => {
  const client = createCatalogClient({
    discovery: discoveryOf(faulty.baseUrl('wrong-entity')),
    auth: callingAuth(() => {
      throw new Error('the database is gone');
    }),
    http,
  });
  await expect(questions.getEntities?.(client)).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
});

it('gives a new request to who asks after a failure: failures are not kept', async () => {
  const base = { now: 'hang' };
  const client = createCatalogClient({
    discovery: { getBaseUrl: async () => faulty.baseUrl(base.now), getExternalBaseUrl: async () => '' },
    auth: callingAuth(),
    http,
    timeoutMilliseconds: 1000,
  });
  await expect(questions.getEntityByRef?.(client)).rejects.toMatchObject({ code: 'ERR_CATALOG_UNAVAILABLE' });
  base.now = '404';
  await expect(questions.getEntityByRef?.(client)).resolves.toBeUndefined();
});
