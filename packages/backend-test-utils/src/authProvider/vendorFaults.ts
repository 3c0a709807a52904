/**
 * A client for calls to a vendor that can be led astray: to a port where nobody listens, or to a server that answers
 * nonsense. Connections, deadlines and errors stay the real ones.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';

/** Ways in which a vendor gives no answer that means anything. */
export const vendorFaults = {
  'does not listen': undefined,
  'answers with status 500': (echo: string) => [500, 'application/json', JSON.stringify({ debug: echo })],
  'answers with status 503 and a page': (echo: string) => [503, 'text/html', `<pre>${echo}</pre>`],
  'answers with a page': (echo: string) => [200, 'text/html', `<pre>${echo}</pre>`],
  'answers with half of a document': (echo: string) => [
    200,
    'application/json',
    `{"debug":${JSON.stringify(echo)}`,
  ],
} as const satisfies Record<string, ((echo: string) => [number, string, string]) | undefined>;

export type VendorFault = keyof typeof vendorFaults;

/** The client, and what leads it astray. */
export interface MisledHttp {
  readonly http: OutboundHttp;
  /** From now on every call ends so. */
  mislead(fault: VendorFault): void;
  /** From the first answer on whose text this matches, the vendor does not listen. */
  misleadAfter(answer: RegExp): void;
  /** The vendor is itself again. */
  recover(): void;
  /** From now on no call is answered. Resolves when one has arrived. */
  hang(): Promise<void>;
  close(): Promise<void>;
}

/** Answers quote what was sent, secrets included, as a debug page does: nothing of it may reach an error. */
export async function createMisledHttp(): Promise<MisledHttp> {
  const http = createOutboundHttp();
  let answer: ((echo: string) => [number, string, string]) | undefined;
  let arrived = (): void => undefined;
  const server = createServer((request, response) => {
    arrived();
    if (answer) reply(request, response, answer).catch(() => response.destroy());
  });
  const honeypot = await listen(server);
  const closed = createServer();
  const nowhere = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  let elsewhere: string | undefined;
  let last: RegExp | undefined;
  const heard = (text: string): void => {
    if (last?.test(text)) elsewhere = nowhere;
  };

  return {
    http: {
      async request(request) {
        const response = await http.request(
          elsewhere === undefined ? request : { ...request, url: elsewhere },
        );
        heard(response.text);
        return response;
      },
      async fetch(input, init) {
        const led = input instanceof Request ? () => new Request(elsewhere!, input) : () => elsewhere!;
        const response = await http.fetch(elsewhere === undefined ? input : led(), init);
        heard(await response.clone().text());
        return response;
      },
      close: async () => http.close(),
    },
    mislead(fault) {
      answer = vendorFaults[fault];
      elsewhere = answer ? honeypot : nowhere;
    },
    misleadAfter(answer) {
      last = answer;
    },
    recover() {
      elsewhere = undefined;
      last = undefined;
    },
    async hang() {
      answer = undefined;
      elsewhere = honeypot;
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await http.close();
    },
  };
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (echo: string) => [number, string, string],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const sent = `${request.rawHeaders.join('\n')}\n${Buffer.concat(chunks).toString()}`;
  const [status, type, body] = answer(sent);
  response.writeHead(status, { 'content-type': type }).end(body);
}
