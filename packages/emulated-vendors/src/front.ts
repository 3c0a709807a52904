/**
 * What stands before an emulator: notes the requests, and makes up for where the emulator is too friendly. It takes every
 * token that it does not know for one of its first user's; here such a token is refused.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, type Emulator } from 'emulate';
import type { EmulatedRequest } from './emulatedVendor.ts';

/** Tokens that the emulator gave out. */
export interface Granted {
  accessToken: string;
  refreshToken?: string;
}

/** An emulator behind its front. */
export interface Front {
  /** What the vendor is to everybody else. */
  readonly url: string;
  /** The emulator itself, for what a test prepares or looks up. */
  readonly emulatorUrl: string;
  readonly granted: Granted[];
  readonly requests: EmulatedRequest[];
  stop(): Promise<void>;
}

interface FrontOptions {
  service: 'github' | 'google';
  seed: Record<string, unknown>;
  /** Where the front answers for the path of the emulator, for example `/api/v3`. */
  apiPrefix?: string;
  /** The body that the vendor sends with 401 for a token that it does not know. */
  unknownToken: object;
}

export async function startFront(options: FrontOptions): Promise<Front> {
  const { apiPrefix = '', unknownToken } = options;
  const granted: Granted[] = [];
  const requests: EmulatedRequest[] = [];
  let emulatorUrl = '';

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = request;
    const headers = headersOf(request);
    const body = await bodyOf(request);
    const token = /^(?:Bearer|token) (.+)$/i.exec(headers['authorization'] ?? '')?.[1];
    const isKnown = token === undefined || granted.some(({ accessToken }) => accessToken === token);
    const upstream = isKnown
      ? await fetch(emulatorUrl + (path.startsWith(`${apiPrefix}/`) ? path.slice(apiPrefix.length) : path), {
          method,
          headers: withoutHopHeaders(headers),
          redirect: 'manual',
          ...(body !== '' && { body }),
        })
      : Response.json(unknownToken, { status: 401 });
    const text = await upstream.text();
    if (!isLoginPage(path)) requests.push({ method, path, headers, body, status: upstream.status });
    noteTokens(granted, upstream, text);
    response.writeHead(upstream.status, withoutHopHeaders(Object.fromEntries(upstream.headers)));
    response.end(text);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const emulator = await startEmulator(options, url).catch((error: unknown) => {
    server.close();
    throw error;
  });
  emulatorUrl = emulator.url;
  return {
    url,
    emulatorUrl,
    granted,
    requests,
    async stop() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), emulator.emulator.close()]);
    },
  };
}

/** The emulator names the front as its own address, and then does not tell its port: one is chosen for it. */
async function startEmulator(
  { service, seed }: FrontOptions,
  baseUrl: string,
): Promise<{ url: string; emulator: Emulator }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      const emulator = await createEmulator({ service, port, hostname: '127.0.0.1', baseUrl, seed });
      return { url: `http://127.0.0.1:${port}`, emulator };
    } catch (error) {
      // Somebody else took it between the two.
      if (attempt === 5 || (error as { code?: unknown }).code !== 'EADDRINUSE') throw error;
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function noteTokens(granted: Granted[], { status, headers }: Response, text: string): void {
  if (status !== 200 || !(headers.get('content-type') ?? '').includes('json') || !text.startsWith('{'))
    return;
  const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(text) as Record<
    string,
    unknown
  >;
  if (typeof accessToken !== 'string') return;
  granted.push({ accessToken, ...(typeof refreshToken === 'string' && { refreshToken }) });
}

/** The pages that a person sees, which are no calls of the application. */
function isLoginPage(path: string): boolean {
  return /^\/(?:login\/oauth\/(?:authorize|callback)|o\/oauth2\/v2\/auth)/.test(path);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  );
}

const hopHeaders = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
]);

function withoutHopHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopHeaders.has(name)));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
