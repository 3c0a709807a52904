/** Bodies that a host has read before us, as Backstage's may. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { koaHandler } from '@vestibule/koa-handler';
import { readFields, readJson } from './readBody.ts';

type Parsed = IncomingMessage & { body?: unknown };

/** As a parser for JSON in front of everything: of another type it leaves the stream, and an empty object. */
async function parseAhead(request: Parsed): Promise<void> {
  request.body = {};
  if (request.headers['content-type'] !== 'application/json') return;
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) text += chunk.toString();
  request.body = JSON.parse(text) as unknown;
}

const handler = koaHandler(async (ctx) => {
  ctx.body = ctx.path === '/json' ? await readJson(ctx) : Object.fromEntries(await readFields(ctx));
});
const server = createServer((request, response) => {
  void parseAhead(request).then(() =>
    handler(request, response, (error) => void response.writeHead(400).end(String(error))),
  );
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

const post = async (path: string, type: string, body: string) => {
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}${path}`;
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
  return [answer.status, await answer.text()];
};

it('takes what the host has parsed, with the same checks', async () => {
  const json = 'application/json';
  expect(await post('/', json, '{"grant_type":"x"}')).toEqual([200, '{"grant_type":"x"}']);
  expect(await post('/json', json, '{"redirect_uris":["x"]}')).toEqual([200, '{"redirect_uris":["x"]}']);
  expect(await post('/', json, '{"code":["a","b"]}')).toEqual([400, 'OAuthError: A parameter is repeated']);
});

it('reads for itself what the host has left', async () => {
  const form = 'application/x-www-form-urlencoded';
  expect(await post('/', form, 'grant_type=x&code=a+b')).toEqual([200, '{"grant_type":"x","code":"a b"}']);
  expect(await post('/json', form, 'a=b')).toEqual([400, 'OAuthError: The body must be JSON']);
});
