/** A provider behind a proxy, with a certificate of a private CA: both come from the environment of the process. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { listen, type Listening } from './testing/listen.ts';
import { privateCa, serverCertificate, serverKey } from './testing/privateCa.ts';

const root = join(import.meta.dirname, '../../..');
const server = createServer({ cert: serverCertificate, key: serverKey }, (_, response) =>
  response.end('hello'),
);
let proxy: Listening;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-test-'));
  await writeFile(join(directory, 'ca.pem'), privateCa);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  proxy = await listen(
    (_, response) => response.writeHead(500).end(),
    (http) =>
      http.on('connect', (request, socket) => {
        const onward = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          onward.pipe(socket).pipe(onward);
        });
        onward.on('error', () => socket.destroy());
        socket.on('error', () => onward.destroy());
      }),
  );
});
afterAll(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true });
});

/** What a process with this environment prints. */
async function callOnce(environment: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=vestibule:source',
      `--import=${join(root, 'scripts/ts.mjs')}`,
      join(import.meta.dirname, 'testing/callOnce.mjs'),
      'https://idp.invalid/',
    ],
    { env: { PATH: process.env.PATH, HTTPS_PROXY: proxy.origin, ...environment } },
  );
  return stdout.trim();
}

it('a private CA is trusted where NODE_EXTRA_CA_CERTS names it, through the proxy as well, and nowhere else', async () => {
  const [trusting, strict] = await Promise.all([
    callOnce({ NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') }),
    callOnce({}),
  ]);
  expect([trusting, strict]).toEqual(['200 hello', 'ERR_OUTBOUND_NETWORK']);
});
