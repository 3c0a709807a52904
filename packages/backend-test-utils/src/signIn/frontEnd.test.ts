import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '../httpBrowser.ts';
import { createFrontEnd } from './frontEnd.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined));
});

/** A front end of a backend that does as it is told, below a path. */
async function frontEndOf(answer: RequestListener) {
  server = createServer(answer);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools`;
  return { url, frontEnd: createFrontEnd({ url }, { provider: 'acme', environment: 'staging' }) };
}

const toVendor: RequestListener = (_request, response) =>
  response.writeHead(302, { location: 'https://acme.example/authorize?state=s' }).end();
const callback = async () =>
  Promise.resolve('http://localhost:7007/tools/api/auth/acme/handler/frame?code=c');

describe('a front end', () => {
  it('comes from the start to the callback at the port where the backend really is', async () => {
    const asked: string[] = [];
    const { url, frontEnd } = await frontEndOf((request, response) => {
      asked.push(request.url ?? '');
      toVendor(request, response);
    });
    const reached = await frontEnd.reachCallback(new HttpBrowser(), { authorize: callback, scope: 'a b' });
    expect(reached.href).toBe(`${url}/api/auth/acme/handler/frame?code=c`);
    expect(asked).toEqual([
      '/tools/api/auth/acme/start?env=staging&origin=http%3A%2F%2Flocalhost%3A3000&flow=popup&scope=a+b',
    ]);
  });

  it('tells what a start answered that leads to no vendor', async () => {
    const { frontEnd } = await frontEndOf((_request, response) => response.writeHead(404).end('not here'));
    await expect(frontEnd.signIn(new HttpBrowser())).rejects.toThrow(
      "The start of 'acme' answered 404: not here",
    );
  });

  it('tells what a callback answered that posts nothing', async () => {
    const { frontEnd } = await frontEndOf((request, response) =>
      request.url?.includes('/start') ? toVendor(request, response) : response.writeHead(500).end('broken'),
    );
    await expect(frontEnd.signIn(new HttpBrowser(), { authorize: callback })).rejects.toThrow(
      'The callback answered 500, and posts nothing: broken',
    );
  });
});
