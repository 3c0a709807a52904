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
/** Node reads NODE_EXTRA_CA_CERTS only when it starts, so the call is made by a process of its own. */
const callAndPrint = `
  import { createOutboundHttp } from ${JSON.stringify(new URL('outboundHttp.ts', import.meta.url).href)};
  const http = createOutboundHttp();
  const { status, text } = await http.request({ url: 'https://idp.invalid/' }).catch(({ code }) => ({ text: code }));
  console.log(JSON.stringify([status, text]));
  await http.close();
`;
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
async function callOnce(environment: Record<string, string>): Promise<unknown> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=vestibule:source',
      `--import=${join(root, 'scripts/ts.mjs')}`,
      '--input-type=module',
      `--eval=${callAndPrint}`,
    ],
    { env: { PATH: process.env.PATH, HTTPS_PROXY: proxy.origin, ...environment } },
  );
  return JSON.parse(stdout);
}

it('a private CA is trusted where NODE_EXTRA_CA_CERTS names it, through the proxy as well, and nowhere else', async () => {
  const [trusting, strict] = await Promise.all([
    callOnce({ NODE_EXTRA_CA_CERTS: join(directory, 'ca.pem') }),
    callOnce({}),
  ]);
  expect([trusting, strict]).toEqual([
    [200, 'hello'],
    [null, 'ERR_OUTBOUND_NETWORK'],
  ]);
});
