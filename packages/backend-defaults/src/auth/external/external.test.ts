import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BackstageCredentials, JsonObject } from '@vestibule/backend-plugin-api';
import { createTestSigner } from '../testing/authPlugin.ts';
import { startIssuer, testIssuerName, type TestIssuer } from '../testing/issuer.ts';
import { startBackend, type TestBackend } from '../testing/startBackend.ts';

const robotToken = 'token-of-the-robot-0123456789';
const ciToken = 'token-of-the-pipeline-9876543210';
const legacySecret = Buffer.alloc(32, 'legacy').toString('base64');
const oldSecret = Buffer.alloc(24, 'older?').toString('base64');

let issuer: TestIssuer;
let openIssuer: TestIssuer;
let backend: TestBackend;
beforeAll(async () => {
  [issuer, openIssuer] = await Promise.all([startIssuer(), startIssuer()]);
  backend = await startBackend({
    backend: {
      auth: {
        externalAccess: [
          {
            type: 'jwks',
            options: {
              url: issuer.url,
              issuer: testIssuerName,
              audience: ['portal', 'other-portal'],
              algorithm: 'ES256, RS256',
              subjectPrefix: 'ci',
            },
          },
          { type: 'jwks', options: { url: openIssuer.url, issuer: 'https://open.test' } },
          { type: 'static', options: { token: robotToken, subject: 'robot' } },
          {
            type: 'static',
            options: { token: ciToken, subject: 'pipeline' },
            accessRestrictions: [
              {
                plugin: 'reports',
                permission: 'reports.read, reports.write',
                permissionAttribute: { action: ['read', 'update'] },
              },
              { plugin: 'catalog' },
            ],
          },
          { type: 'legacy', options: { secret: legacySecret, subject: 'legacy-caller' } },
        ],
        keys: [{ secret: oldSecret }],
      },
    },
  });
});
afterAll(async () => Promise.all([backend.stop(), issuer.stop(), openIssuer.stop()]));

async function call(token: string, plugin = 'reports'): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${backend.url}/api/${plugin}/`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

async function principalOf(token: string): Promise<unknown> {
  const { status, body } = await call(token);
  return status === 200 ? body['principal'] : status;
}

function legacyToken(secret: string, claims: object = {}): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const content = `${encode({ alg: 'HS256' })}.${encode({ sub: 'backstage-server', exp, ...claims })}`;
  return `${content}.${createHmac('sha256', Buffer.from(secret, 'base64')).update(content).digest('base64url')}`;
}

describe('a caller from outside', () => {
  it('comes in with a static token', async () => {
    expect(await principalOf(robotToken)).toEqual({ type: 'service', subject: 'robot' });
  });

  it('comes in with a token of an issuer whose keys are published', async () => {
    expect(await principalOf(issuer.token())).toEqual({ type: 'service', subject: 'external:ci:robot-7' });
    const token = openIssuer.token({ iss: 'https://open.test' });
    expect(await principalOf(token)).toEqual({ type: 'service', subject: 'external:robot-7' });
  });

  it('comes in with a token that names no key, of an issuer that has one', async () => {
    const { kid: _, ...key } = openIssuer.signer.publicKey;
    openIssuer.keys = [key];
    const token = openIssuer.token({ iss: 'https://open.test', sub: 'robot-8' }, { kid: undefined });
    expect(await principalOf(token)).toEqual({ type: 'service', subject: 'external:robot-8' });
    openIssuer.keys = [openIssuer.signer.publicKey];
  });

  it('comes in at once after the issuer changed its key', async () => {
    const next = createTestSigner();
    issuer.keys = [issuer.signer.publicKey, next.publicKey];
    expect(await principalOf(issuer.token({}, {}, next))).toEqual({
      type: 'service',
      subject: 'external:ci:robot-7',
    });
  });

  it('comes in with a legacy token, under the subject of its secret', async () => {
    expect(await principalOf(legacyToken(legacySecret))).toEqual({
      type: 'service',
      subject: 'legacy-caller',
    });
    expect(await principalOf(legacyToken(oldSecret))).toEqual({
      type: 'service',
      subject: 'external:backstage-plugin',
    });
  });

  it('brings its restrictions along', async () => {
    expect(await principalOf(ciToken)).toEqual({
      type: 'service',
      subject: 'pipeline',
      accessRestrictions: {
        permissionNames: ['reports.read', 'reports.write'],
        permissionAttributes: { action: ['read', 'update'] },
      },
    });
  });

  it('is refused by plugins that its restrictions do not name', async () => {
    expect(await call(ciToken, 'billing')).toMatchObject({
      status: 403,
      body: {
        error: {
          name: 'NotAllowedError',
          code: 'ERR_ACCESS_RESTRICTED',
          message: "This token's access is restricted to plugin(s) 'reports', 'catalog'",
        },
      },
    });
  });

  it('is no user: gets no cookie', async () => {
    const response = await fetch(`${backend.url}/api/reports/.backstage/auth/v1/cookie`, {
      headers: { authorization: `Bearer ${robotToken}` },
    });
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
  });
});

describe('a call to another plugin for a caller from outside', () => {
  const issue = async (credentials: BackstageCredentials, targetPluginId: string): Promise<unknown> =>
    backend.reports.auth.getPluginRequestToken({ onBehalfOf: credentials, targetPluginId });

  it('goes out where its access is full', async () => {
    const robot = await backend.reports.auth.authenticate(robotToken);
    const pipeline = await backend.reports.auth.authenticate(ciToken);
    await expect(issue(robot, 'billing')).resolves.toHaveProperty('token');
    await expect(issue(pipeline, 'catalog')).resolves.toHaveProperty('token');
  });

  it('is refused where its access ends, or is partial and could not be told', async () => {
    const pipeline = await backend.reports.auth.authenticate(ciToken);
    await expect(issue(pipeline, 'billing')).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'ERR_ACCESS_RESTRICTED',
      message: "Access to target plugin 'billing' is not included in token's access restrictions",
    });
    await expect(issue(pipeline, 'reports')).rejects.toMatchObject({
      message: "Access to target plugin 'reports' is restricted and cannot be delegated",
    });
    await expect(issue({ ...pipeline }, 'catalog')).rejects.toMatchObject({ code: 'ERR_ACCESS_RESTRICTED' });
  });
});

describe('an issuer that is away', () => {
  it('keeps nobody out whose keys are known, and others get 503 until it is back', async () => {
    const late = await startIssuer();
    const local = await startBackend({
      backend: {
        auth: {
          externalAccess: [
            { type: 'jwks', options: { url: late.url, issuer: testIssuerName } },
            { type: 'static', options: { token: robotToken, subject: 'robot' } },
          ],
        },
      },
    });
    const statusOf = async (token: string): Promise<number> =>
      (await fetch(`${local.url}/api/reports/`, { headers: { authorization: `Bearer ${token}` } })).status;
    try {
      for (const status of [500, 404]) {
        late.answer = (response) => void response.writeHead(status).end();
        expect(await statusOf(late.token())).toBe(503);
        expect(await statusOf(late.token({ iss: 'https://elsewhere.test' }))).toBe(401);
        expect(await statusOf(robotToken)).toBe(200);
      }
      delete late.answer;
      const deadline = Date.now() + 10_000;
      while ((await statusOf(late.token())) !== 200 && Date.now() < deadline);
      late.answer = (response) => void response.writeHead(500).end();
      expect(await statusOf(late.token({ sub: 'robot-9' }))).toBe(200);
    } finally {
      await Promise.all([local.stop(), late.stop()]);
    }
  });
});

it('says at start which entries deserve a look', async () => {
  const local = await startBackend({
    backend: {
      auth: {
        externalAccess: [
          { type: 'static', options: { token: 'short-one', subject: 'robot' } },
          { type: 'jwks', options: { url: 'https://issuer.test/jwks' } },
        ],
        keys: [{ secret: oldSecret }],
      },
    },
  });
  await local.stop();
  const log = local.log.join('\n');
  expect(log).toContain(
    'backend.auth.externalAccess[0].options.token is weak; in production it would be refused',
  );
  expect(log).toContain('backend.auth.externalAccess[1].options names neither issuer nor audience');
  expect(log).toContain('backend.auth.keys is deprecated');
  expect(log).not.toContain('short-one');
});
