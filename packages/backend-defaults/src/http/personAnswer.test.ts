/** Whom the host answers with a page, and what everybody else gets as before. */
import { afterEach, describe, expect, it } from '@jest/globals';
import { startHttp, type TestAnswer, type TestHttp } from './testing/startHttp.ts';

const navigation = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
let http: TestHttp | undefined;
afterEach(async () => {
  await http?.stop();
  http = undefined;
});

/** A host with a plugin that renders. */
async function start(backend = {}): Promise<TestHttp> {
  http = await startHttp(backend);
  http.errorPages.renderBy((_, { status, code, reference }) => ({
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' },
    language: 'en',
    html: `<p>${status} ${code} ${reference}</p>`,
  }));
  return http;
}

const seen = ({ status, headers, body }: TestAnswer) => [status, headers['content-type'], body];

describe('a person with a browser', () => {
  it.each(['/nothing/here', '/api/nobody/x'])(
    'meets a page at %s, and the log has its reference',
    async (path) => {
      const { get, log } = await start();
      const answer = await get(path, { headers: navigation });
      const [, reference] = /<p>404 ERR_HTTP_ROUTE_NOT_FOUND ([0-9a-f]{10})<\/p>/.exec(answer.body) ?? [];
      expect(seen(answer).slice(0, 2)).toEqual([404, 'text/html; charset=utf-8']);
      expect(answer.headers).toMatchObject({ vary: 'Accept, Accept-Language', 'content-language': 'en' });
      expect(log).toContainEqual(
        expect.stringContaining(`info GET ${path} answered with a page: ERR_HTTP_ROUTE_NOT_FOUND`),
      );
      expect(log.join('\n')).toContain(`"reference":"${reference}"`);
    },
  );

  it('meets a page where a plugin has not started, with the time after which to try again', async () => {
    const { get, plugin } = await start({ lifecycle: { startupRequestPauseTimeout: { milliseconds: 1 } } });
    await plugin('slow', { isStarting: true });
    const answer = await get('/api/slow/', { headers: navigation });
    expect(answer.body).toContain('503 ERR_HTTP_STARTING');
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '1']);
  });

  it('meets a page where they ask too often, with the headers of the limit', async () => {
    const rateLimit = { incomingRequestLimit: 1, ipAllowList: [] };
    const { get } = await start({ rateLimit });
    await get('/', { headers: navigation });
    const answer = await get('/', { headers: navigation });
    expect(answer.body).toContain('429 ERR_HTTP_TOO_MANY_REQUESTS');
    expect([answer.status, answer.headers['ratelimit-remaining']]).toEqual([429, '0']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('gets no body by HEAD', async () => {
    const { get } = await start();
    const answer = await get('/nothing', { method: 'HEAD', headers: navigation });
    expect([answer.status, answer.body, answer.headers['content-type']]).toEqual([
      404,
      '',
      'text/html; charset=utf-8',
    ]);
  });
});

describe('everybody else', () => {
  it.each([
    ['takes anything', { accept: '*/*' }, 'GET'],
    ['says nothing', {}, 'GET'],
    ['wants JSON', { accept: 'application/json' }, 'GET'],
    ['would take a page at last', { accept: 'application/json, text/html;q=0.1' }, 'GET'],
    ['sends something', navigation, 'POST'],
  ])('who %s is answered as before', async (_, headers, method) => {
    const { get } = await start();
    expect(seen(await get('/nothing', { headers, method }))).toEqual([404, undefined, '']);
  });

  it('gets JSON from a plugin that has no such route, as does a person: it is the plugin that answers', async () => {
    const { get, plugin } = await start();
    (await plugin('hello')).addAuthPolicy({ path: '/', allow: 'unauthenticated' });
    const answer = await get('/api/hello/x', { headers: navigation });
    expect(seen(answer).slice(0, 2)).toEqual([404, 'application/json; charset=utf-8']);
  });

  it('is answered as before where nothing renders', async () => {
    http = await startHttp();
    expect(seen(await http.get('/nothing', { headers: navigation }))).toEqual([404, undefined, '']);
  });
});
