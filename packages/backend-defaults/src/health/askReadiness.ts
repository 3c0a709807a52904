/** Asks a running backend whether it is ready, as a probe of a container does. */
import { once } from 'node:events';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { readinessPath } from './rootHealth.ts';

const longestPayload = 4096;

/**
 * Asks `url` for its readiness. The certificate of an https listener is not judged, as it is made out to another name; nothing
 * secret is sent.
 *
 * @param url - Where the backend is, for example `http://localhost:7007`; below a path where a proxy in front has one.
 * @returns why it is not ready, as a sentence without its full stop; `undefined` where it is.
 * @public
 */
export async function askReadiness(
  url: string,
  { timeoutMilliseconds }: { timeoutMilliseconds: number },
): Promise<string | undefined> {
  const address = new URL(url.replace(/\/*$/, readinessPath));
  const send = address.protocol === 'https:' ? requestHttps : requestHttp;
  const signal = AbortSignal.timeout(timeoutMilliseconds);
  try {
    const request = send(address, {
      agent: false,
      rejectUnauthorized: false,
      signal,
      ...(address.hostname === 'localhost' && { lookup: loopback }),
    });
    const [response] = (await once(request.end(), 'response')) as [IncomingMessage];
    const status = response.statusCode ?? 0;
    const message = await messageOf(response);
    if (status >= 200 && status < 300) return undefined;
    return `${url} answers ${status}${message === undefined ? '' : `: ${message}`}`;
  } catch (error) {
    if (signal.aborted) return `${url} has not answered within ${timeoutMilliseconds / 1000} s`;
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ECONNREFUSED'
      ? `nothing listens at ${url}`
      : `${url} cannot be asked: ${code ?? message}`;
  }
}

/** RFC 6761 section 6.3. There need be no file of hosts in an image, and a listener on all interfaces may have either. */
const loopback: LookupFunction = (_host, { all }, callback) => {
  if (!all) return callback(null, '127.0.0.1', 4);
  callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
};

/** What the backend says of itself, on one line. */
async function messageOf(response: IncomingMessage): Promise<string | undefined> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > longestPayload) break;
  }
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message.replace(/\s+/g, ' ') : undefined;
  } catch {
    return undefined;
  }
}
