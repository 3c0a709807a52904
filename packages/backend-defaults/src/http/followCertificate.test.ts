/** `backend.https.certificate` from files that change, seen over real connections of a real backend. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect } from 'node:tls';
import { createServiceFactory, coreServices, type LoggerService } from '@vestibule/backend-plugin-api';
import { createSpecializedBackend, type Backend } from '@vestibule/backend-core';
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configReloadServiceRef, type ConfigReloadService } from '../config/configReload.ts';
import { createRootConfigFactory } from '../config/rootConfig.ts';
import { defaultServiceFactories } from '../createBackend.ts';
import { httpServerServiceRef, type HttpServerService } from './httpServer.ts';
import { makeSelfSignedPair, type CertificatePair } from './selfSigned.ts';

let directory: string;
let backend: Backend;
let server: HttpServerService;
let config: ConfigReloadService;
let log: string[];

const printOf = ({ cert }: CertificatePair) => new X509Certificate(cert).fingerprint256;

/** What a new connection is shown. */
async function shown(): Promise<string> {
  const socket = connect({ port: server.address().port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** As a Kubernetes secret is mounted: a swap of one link replaces both files. */
async function mount(pair: CertificatePair, name: string): Promise<void> {
  const folder = join(directory, 'tls', name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'tls.crt'), pair.cert);
  await writeFile(join(folder, 'tls.key'), pair.key);
  await symlink(name, join(directory, 'tls', '..tmp'));
  await rename(join(directory, 'tls', '..tmp'), join(directory, 'tls', '..data'));
}

async function logged(text: string): Promise<void> {
  while (!log.some((line) => line.includes(text))) await nextTurn();
}

let first: CertificatePair;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-tls-'));
  first = await makeSelfSignedPair('localhost');
  await mount(first, '..1');
  for (const file of ['tls.crt', 'tls.key'])
    await symlink(join('..data', file), join(directory, 'tls', file));
  await writeFile(
    join(directory, 'app-config.yaml'),
    'backend:\n  listen: 127.0.0.1:0\n  https: { certificate: { cert: { $file: tls/tls.crt }, key: { $file: tls/tls.key } } }\n',
  );
  log = [];
  const write = (message: string, fields?: unknown) =>
    void log.push(`${message} ${JSON.stringify(fields) ?? ''}`);
  const logger = {
    error: write,
    warn: write,
    info: write,
    debug: write,
    child: () => logger,
  } as LoggerService;
  backend = createSpecializedBackend({ defaultServiceFactories });
  backend.add(createRootConfigFactory({ environment: {}, directory }));
  backend.add(createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => logger }));
  backend.add(
    createServiceFactory({
      service: createServiceRef<object>({ id: 'test.reach', scope: 'root' }),
      deps: { httpServer: httpServerServiceRef, configReload: configReloadServiceRef },
      factory({ httpServer, configReload }) {
        server = httpServer;
        config = configReload;
        return {};
      },
      initialization: 'always',
    }),
  );
  await backend.start();
});
afterEach(async () => {
  await backend.stop();
  await rm(directory, { recursive: true });
});

describe('the certificate of backend.https', () => {
  it('is replaced when its files are, and open connections go on', async () => {
    expect(await shown()).toBe(printOf(first));
    const open = connect({ port: server.address().port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(open, 'secureConnect');
    const second = await makeSelfSignedPair('localhost');
    await mount(second, '..2');
    await logged('The certificate of backend.https was replaced; the new one is valid until');
    expect(await shown()).toBe(printOf(second));
    open.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(open, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 /);
    open.destroy();
    expect(log.join('\n')).not.toContain('PRIVATE KEY');
  });

  it.each([
    ['has a key of another one', async (pair: CertificatePair) => ({ ...pair, key: first.key })],
    ['is no certificate', async (pair: CertificatePair) => ({ ...pair, cert: 'no certificate' })],
    ['is empty', async () => ({ cert: '', key: '' })],
  ])('stays the former one where the new one %s, and is replaced once it is right', async (_name, broken) => {
    const second = await makeSelfSignedPair('localhost');
    await mount(await broken(second), '..2');
    await config.reload();
    expect(log.join('\n')).toContain('The former certificate stays in use');
    expect(log.join('\n')).toContain('ERR_HTTP_TLS_INVALID');
    expect(await shown()).toBe(printOf(first));
    await mount(second, '..3');
    await config.reload();
    expect(await shown()).toBe(printOf(second));
    expect(log.join('\n')).not.toContain('PRIVATE KEY');
  });

  it('stays while a file is gone, which is said', async () => {
    await rm(join(directory, 'tls', 'tls.key'));
    await config.reload();
    expect(log.join('\n')).toContain('has faults, so all stays as it was');
    expect(await shown()).toBe(printOf(first));
  });
});
