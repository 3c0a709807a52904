/** Refusing an upgrade: an answer without a body, and the end of the connection. There is no response object any more. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

export function refuseUpgrade(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (socket.destroyed) return;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Length: 0',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  // A caller that keeps its side open would keep the socket.
  socket.end(`${lines.join('\r\n')}\r\n\r\n`, () => socket.destroy());
}
