import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readOwnUrl } from './readOwnUrl.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-own-url-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function read(text: string, environment: Record<string, string> = {}): Promise<string> {
  await writeFile(join(directory, 'app-config.yaml'), text);
  return readOwnUrl({ directory, environment });
}

describe('the address that a config says', () => {
  it.each([
    ['backend: {}', 'http://localhost:7007'],
    ['backend: { listen: 8080 }', 'http://localhost:8080'],
    ["backend: { listen: ':8080' }", 'http://localhost:8080'],
    ["backend: { listen: '0.0.0.0:8080' }", 'http://127.0.0.1:8080'],
    ["backend: { listen: { host: '::', port: 8080 } }", 'http://localhost:8080'],
    ["backend: { listen: '[::1]:8080' }", 'http://[::1]:8080'],
    ['backend: { listen: { host: 10.1.2.3 } }', 'http://10.1.2.3:7007'],
    ['backend: { https: true }', 'https://localhost:7007'],
    ['backend: { https: false }', 'http://localhost:7007'],
    ['backend: { https: { certificate: { cert: a, key: b } } }', 'https://localhost:7007'],
    ['backend: { listen: { port: "${PORT:-9090}" } }', 'http://localhost:9090'],
  ])('%s: %s', async (text, url) => {
    expect(await read(text)).toBe(url);
  });

  it('follows the environment, as a start does', async () => {
    expect(await read('backend: { listen: "${PORT}" }', { PORT: '9191' })).toBe('http://localhost:9191');
    expect(await read('backend: { listen: 1 }', { APP_CONFIG_backend_listen_port: '2' })).toBe(
      'http://localhost:2',
    );
  });

  it('does not mind faults elsewhere, such as a secret that this process cannot read', async () => {
    const text = `
backend: { listen: 8080, baseUrl: 7 }
auth: { session: { secret: { $file: /nowhere/session-secret } } }`;
    expect(await read(text)).toBe('http://localhost:8080');
  });

  it.each([
    ['backend: { listen: 0 }', 'backend.listen leaves the port to the system'],
    ['backend: { listen: nowhere }', 'backend.listen is no port'],
    ['backend: { listen: { $file: ./nowhere } }', 'the file nowhere does not exist'],
    ['backend: { listen: 8080', 'app-config.yaml'],
  ])('%s does not say one', async (text, reason) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining(reason),
    });
  });

  it('is not said by a config that is not there', async () => {
    await expect(readOwnUrl({ directory, environment: {} })).rejects.toMatchObject({
      problems: [{ code: 'ERR_CONFIG_FILE_MISSING' }],
    });
  });
});
