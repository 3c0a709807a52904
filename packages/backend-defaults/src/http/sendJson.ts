/** Ends an answer with JSON. Node leaves the body out where the request was HEAD. */
import type { ServerResponse } from 'node:http';

export function sendJson(response: ServerResponse, value: unknown): void {
  const text = JSON.stringify(value);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', String(Buffer.byteLength(text)));
  response.end(text);
}
