import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startBackend } from '../auth/testing/startBackend.ts';
import { makeSelfSignedPair } from './selfSigned.ts';
import { startHttp } from './testing/startHttp.ts';

const before = process.cwd();
const cacheFile = 'node_modules/.cache/vestibule/dev-cert.pem';
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-https-'));
  process.chdir(directory);
});

afterEach(async () => {
  process.chdir(before);
  await rm(directory, { recursive: true });
});

/** One request over TLS. Trusts nobody but `ca`. */
async function call(
  url: string,
  ca: string | undefined,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<{ response: IncomingMessage; fingerprint: string }> {
  const sent = request(url, { ...options, agent: false, ...(ca !== undefined && { ca }) }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const fingerprint = (response.socket as TLSSocket).getPeerCertificate().fingerprint256;
  response.resume();
  await once(response, 'end');
  return { response, fingerprint };
}

/** Starts a listener, and tells what it shows to callers. */
async function shown(backend: Parameters<typeof startHttp>[0], mode?: Parameters<typeof startHttp>[1]) {
  const http = await startHttp(backend, mode);
  try {
    const sent = request(http.url, { agent: false, rejectUnauthorized: false }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { raw } = (response.socket as TLSSocket).getPeerCertificate();
    response.resume();
    const { 'strict-transport-security': hsts } = response.headers;
    return { certificate: new X509Certificate(raw), log: http.log.join('\n'), url: http.url, hsts };
  } finally {
    await http.stop();
  }
}

describe('backend.https: true', () => {
  it('serves https with a certificate of its own for localhost and the host of backend.baseUrl', async () => {
    const { certificate, log, url } = await shown({ https: true, baseUrl: 'https://portal.test:7007' });
    expect(url).toMatch(/^https:/);
    expect(certificate.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:portal.test',
    );
    expect(certificate.ca).toBe(false);
    expect(log).toContain('self-signed, and made anew at each start');
  });

  it('keeps it between starts, for nobody else to read, and callers who trust it are served', async () => {
    await mkdir('node_modules');
    const first = await shown({ https: true });
    const kept = await readFile(cacheFile, 'utf8');
    expect((await stat(cacheFile)).mode & 0o777).toBe(0o600);
    expect(first.log).toContain(`${cacheFile}. Node programs trust it with NODE_EXTRA_CA_CERTS`);

    const http = await startHttp({ https: true });
    try {
      const { response, fingerprint } = await call(http.url, kept);
      expect([response.statusCode, fingerprint]).toEqual([404, first.certificate.fingerprint256]);
      await expect(call(http.url, undefined)).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    } finally {
      await http.stop();
    }
  });

  it.each([
    ['is for another host', async () => makeSelfSignedPair('other.test')],
    ['is no certificate', async () => ({ cert: 'nothing', key: '' })],
    [
      'has a key of another',
      async () => ({
        cert: (await makeSelfSignedPair('portal.test')).cert,
        key: (await makeSelfSignedPair('portal.test')).key,
      }),
    ],
  ])('makes a new one where what is kept %s', async (_, make) => {
    await mkdir('node_modules/.cache/vestibule', { recursive: true });
    const { cert, key } = await make();
    await writeFile(cacheFile, cert + key);
    const { certificate } = await shown({ https: true, baseUrl: 'https://portal.test' });
    expect(certificate.checkHost('portal.test')).toBe('portal.test');
    expect(await readFile(cacheFile, 'utf8')).toContain(certificate.toString());
    expect(certificate.toString()).not.toBe(cert);
  });

  it('is warned about in production, where nothing is kept', async () => {
    await mkdir('node_modules');
    const { log, certificate } = await shown({ https: true }, { isProduction: true });
    expect(log).toContain('warn backend.https is true in production');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    await expect(stat(cacheFile)).rejects.toThrow('ENOENT');
  });

  it('binds no browser to https on localhost, where other servers speak http', async () => {
    const settings = { https: true, baseUrl: 'https://localhost:7007' };
    expect((await shown(settings)).hsts).toBeUndefined();
    expect((await shown(settings, { isProduction: true })).hsts).toContain('max-age=');
  });

  it('is warned about where browsers are sent to plain http', async () => {
    const { log } = await shown({ https: true, baseUrl: 'http://localhost:7007' });
    expect(log).toContain("backend.https is set, but backend.baseUrl is 'http://localhost:7007'");
  });

  it('makes cookies secure', async () => {
    const token = 'token-of-the-robot-0123456789';
    await mkdir('node_modules');
    const backend = await startBackend({
      backend: {
        https: true,
        baseUrl: 'https://portal.test',
        auth: { externalAccess: [{ type: 'static', options: { token, subject: 'robot' } }] },
      },
    });
    try {
      const path = `${backend.url}/api/reports/.backstage/auth/v1/cookie`;
      const { response } = await call(path, await readFile(cacheFile, 'utf8'), {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      });
      expect(response.statusCode).toBe(204);
      expect(response.headers['set-cookie']).toEqual([
        expect.stringMatching(/^backstage-auth=; .*HttpOnly; Secure; .*SameSite=None$/),
      ]);
    } finally {
      await backend.stop();
    }
  });
});

it('backend.https: false is plain http', async () => {
  const http = await startHttp({ https: false });
  await http.stop();
  expect(http.url).toMatch(/^http:/);
});

it('a certificate of the config is shown as it is', async () => {
  const certificate = await makeSelfSignedPair('portal.test');
  const { certificate: found } = await shown({ https: { certificate: { ...certificate } } });
  expect(found.fingerprint256).toBe(new X509Certificate(certificate.cert).fingerprint256);
  await expect(stat('node_modules')).rejects.toThrow('ENOENT');
});
