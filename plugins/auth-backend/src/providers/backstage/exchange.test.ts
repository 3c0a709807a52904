import { IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { runModule } from './exchange.ts';

/** As Express has it, of which Backstage's modules may use more than Node offers. */
type ExpressResponse = ServerResponse & {
  set(names: string | object, value?: string): ExpressResponse;
  header(name: string, value: string): ExpressResponse;
};

const place = 'https://vendor.example/?state=theirs';
const cookies = ['acme-nonce=first', 'acme-scope=read'];

describe('what a hosted handler answers with', () => {
  it.each<[string, (response: ExpressResponse) => unknown]>([
    [
      'writeHead and a mapping',
      (response) => response.writeHead(302, { Location: place, 'Set-Cookie': cookies }).end(),
    ],
    [
      'writeHead, a reason and a mapping',
      (response) => response.writeHead(302, 'Found', { Location: place, 'Set-Cookie': cookies }).end(),
    ],
    [
      'writeHead and a list',
      (response) => response.writeHead(302, ['Location', place, 'Set-Cookie', cookies] as string[]).end(),
    ],
    [
      'setHeader before a writeHead without headers',
      (response) => {
        response.setHeader('Location', place);
        response.setHeader('Set-Cookie', cookies);
        response.writeHead(302, 'Found').end();
      },
    ],
    [
      "Express's set and header",
      (response) => {
        response.statusCode = 302;
        response.set({ 'Set-Cookie': cookies }).header('Location', place).end();
      },
    ],
  ])('is read where it uses %s', async (_, act) => {
    const { status, location, cookies: given } = await answerOf(act);
    expect({ status, location, cookies: [...given] }).toEqual({
      status: 302,
      location: place,
      cookies: [
        ['acme-nonce', 'first'],
        ['acme-scope', 'read'],
      ],
    });
  });

  it('is its body, too, after a writeHead', async () => {
    const { status, body } = await answerOf((response) => response.writeHead(400).end('no'));
    expect([status, body]).toEqual([400, 'no']);
  });
});

async function answerOf(act: (response: ExpressResponse) => unknown) {
  return runModule({
    handler: async (_request, response) => Promise.resolve(void act(response as ExpressResponse)),
    request: new IncomingMessage(new Socket()),
    query: {},
    cookies: {},
  });
}
