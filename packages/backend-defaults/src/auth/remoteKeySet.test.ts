import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOutboundHttp } from '@vestibule/outbound-http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestLogger } from '../http/testing/startHttp.ts';
import { createRemoteKeySet, type RemoteKeySet } from './remoteKeySet.ts';
import { createTestSigner } from './testing/authPlugin.ts';
import { createUserTokens } from './userTokens.ts';

const minute = 60_000;
const first = createTestSigner();
const second = createTestSigner();

let server: Server;
let reads: number;
let answer: { status: number; keys: unknown };
let clock: number;
let keySet: RemoteKeySet;
const http = createOutboundHttp({ timeoutMilliseconds: 2000 });

beforeEach(async () => {
  reads = 0;
  clock = Date.now();
  answer = { status: 200, keys: [first.publicKey] };
  server = createServer((_, response) => {
    reads += 1;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: answer.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  keySet = createRemoteKeySet({
    url: async () => url,
    http,
    logger: createTestLogger(),
    clock: { now: () => clock },
  });
});

afterEach(async () => {
  await http.close();
  await new Promise((resolve) => server.close(resolve));
});

const key = async (signer: { kid: string }): Promise<unknown> =>
  keySet.getKey({ alg: 'ES256', kid: signer.kid });

describe('a remote key set', () => {
  it('is read when it is first needed, once for all who ask', async () => {
    expect(reads).toBe(0);
    await Promise.all([key(first), key(first), key(first)]);
    expect(reads).toBe(1);
  });

  it('is read again at once for a key that it lacks', async () => {
    await key(first);
    answer.keys = [first.publicKey, second.publicKey];
    await expect(key(second)).resolves.toBeDefined();
    expect(reads).toBe(2);
  });

  it('follows a rotation within 10 seconds while made-up keys are asked for all the time', async () => {
    await key(first);
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await expect(key({ kid: `made-up-${i}` })).rejects.toThrow();
    };
    await flood();
    expect(reads).toBe(4);
    answer.keys = [first.publicKey, second.publicKey];
    await expect(key(second)).rejects.toThrow();
    for (let seconds = 1; seconds < 60; seconds += 1) {
      clock += 1000;
      await flood();
      if (seconds === 10) await expect(key(second)).resolves.toBeDefined();
    }
    expect(reads).toBeLessThanOrEqual(10);
  });

  it('is read again in the background when it is 10 minutes old', async () => {
    await key(first);
    clock += 11 * minute;
    const read = new Promise((resolve) => server.once('request', resolve));
    await key(first);
    await read;
    expect(reads).toBe(2);
  });

  it.each([
    ['answers 500', { status: 500, keys: [] }],
    ['answers with something else', { status: 200, keys: 'nonsense' }],
    ['has gone', { status: 404, keys: [] }],
  ])('keeps its last good keys while the endpoint %s', async (_, broken) => {
    await key(first);
    answer = broken;
    clock += 60 * minute;
    await expect(key(first)).resolves.toBeDefined();
    await expect(key(second)).rejects.toThrow();
    await expect(key(first)).resolves.toBeDefined();
  });

  it('is unavailable, not wrong, while it could never be read, and is read as soon as it can', async () => {
    answer = { status: 503, keys: [] };
    const unavailable = { code: 'ERR_TOKEN_KEYS_UNAVAILABLE', name: 'ServiceUnavailableError' };
    await expect(key(first)).rejects.toMatchObject(unavailable);
    await expect(key(first)).rejects.toMatchObject(unavailable);
    expect(reads).toBe(1);
    answer = { status: 200, keys: [first.publicKey] };
    clock += 1000;
    await expect(key(first)).resolves.toBeDefined();
  });

  it('leaves out keys that are no public halves', async () => {
    answer.keys = [
      { ...first.publicKey, d: 'AAAA' },
      { kty: 'oct', k: 'AAAA', kid: 'shared' },
      null,
      { ...second.publicKey, kid: undefined },
    ];
    await expect(key(first)).rejects.toThrow();
    await expect(key({ kid: 'shared' })).rejects.toThrow();
  });
});

describe('verified user tokens', () => {
  it('are remembered for 5 minutes at most, so that a withdrawn key is soon without effect', async () => {
    const tokens = createUserTokens(keySet, { now: () => clock });
    const token = first.userToken();
    expect(await tokens.verify(token)).toMatchObject({
      userEntityRef: 'user:default/jane',
      isLimited: false,
    });
    answer.keys = [second.publicKey];
    await expect(key(second)).resolves.toBeDefined();
    expect(await tokens.verify(token)).toBeDefined();
    clock += 6 * minute;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'ERR_TOKEN_INVALID' });
  });

  it('are not remembered beyond their end', async () => {
    const tokens = createUserTokens(keySet, { now: () => clock });
    const token = first.userToken({ exp: Math.floor(clock / 1000) + 60 });
    await tokens.verify(token);
    clock += 61_000;
    await expect(tokens.verify(token)).rejects.toMatchObject({ message: 'Failed user token verification' });
  });
});
