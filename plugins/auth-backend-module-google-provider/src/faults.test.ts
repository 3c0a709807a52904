import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  startScriptedOpenIdProvider,
  type AnswerScript,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { client, configuredGoogle, endpointsOfScripted, refreshOf, signIn, start } from './testing/signIn.ts';

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
let impatientHttp: OutboundHttp;

beforeAll(async () => {
  http = createOutboundHttp();
  impatientHttp = createOutboundHttp({ timeoutMilliseconds: 300 });
  idp = await startScriptedOpenIdProvider(client);
});

afterEach(() => {
  idp.scripts = {};
  idp.requests.length = 0;
});

afterAll(async () => {
  await idp.close();
  await http.close();
  await impatientHttp.close();
});

const authorize = (url: URL): Promise<URL> => idp.authorize(url);
const google = (client = http) => configuredGoogle({ endpoints: endpointsOfScripted(idp), http: client });

const outage = expect.objectContaining({
  code: 'ERR_PROVIDER_UNAVAILABLE',
  name: 'ServiceUnavailableError',
  message: 'The sign-in provider cannot be reached right now.',
}) as object;

/** Somebody has to mend it; no session ends by it. */
const unreadable = expect.objectContaining({
  code: 'ERR_PROVIDER_ANSWER_UNREADABLE',
  name: 'Error',
  message: 'The sign-in provider gave an answer that this portal cannot read.',
}) as object;

const outages: [string, AnswerScript][] = [
  ['cuts the connection', () => 'reset'],
  ['answers 503', (honest) => ({ ...honest, status: 503, body: 'Back soon.' })],
];

const misanswers: [string, AnswerScript][] = [
  ['redirects', (honest) => ({ ...honest, status: 302, headers: { location: '/elsewhere' }, body: '' })],
  ['answers with a page', (honest) => ({ ...honest, headers: { 'content-type': 'text/html' }, body: '<p>' })],
  ['answers half a JSON', (honest) => ({ ...honest, body: '{"access_token": "a' })],
];

describe.each(['token', 'keys', 'userinfo'] as const)("when Google's endpoint for %s", (endpoint) => {
  it.each(outages)('%s, it is an outage', async (_title, fault) => {
    idp.scripts[endpoint] = fault;
    await expect(signIn(google(), authorize)).rejects.toEqual(outage);
  });

  it.each(misanswers)('%s, it is no outage: somebody has to mend it', async (_title, fault) => {
    idp.scripts[endpoint] = fault;
    await expect(signIn(google(), authorize)).rejects.toEqual(unreadable);
  });

  it('never answers, it is an outage', async () => {
    idp.scripts[endpoint] = () => 'hang';
    // Only here does a short deadline do no harm: nobody answers in any time.
    await expect(signIn(google(impatientHttp), authorize)).rejects.toEqual(outage);
  });
});

describe('while Google is down', () => {
  it('a start still leads there, since nothing is asked of it before', async () => {
    idp.scripts = Object.fromEntries(
      ['metadata', 'keys', 'token', 'userinfo'].map((endpoint) => [endpoint, () => 'reset' as const]),
    );
    await expect(start(google())).resolves.toBeDefined();
    expect(idp.requests).toEqual([]);
  });

  it('a refresh is an outage, or an answer that is none, by which no session ends', async () => {
    const provider = google();
    const grant = await signIn(provider, authorize);
    for (const [, fault] of outages) {
      idp.scripts.token = fault;
      await expect(provider.refresh(refreshOf(grant))).rejects.toEqual(outage);
    }
    for (const [, fault] of misanswers) {
      idp.scripts.token = fault;
      await expect(provider.refresh(refreshOf(grant))).rejects.toEqual(unreadable);
    }
  });

  it('a revocation tells so', async () => {
    const { accessToken } = (await signIn(google(), authorize)).tokens;
    idp.scripts.revocation = () => 'reset';
    const revoked = google().revoke({ accessToken, signal: AbortSignal.timeout(5000) });
    await expect(revoked).rejects.toEqual(outage);
  });
});

it('keys that are rotated during a login are read again', async () => {
  const provider = google();
  await signIn(provider, authorize);
  await idp.rotateKeys();
  await expect(signIn(provider, authorize)).resolves.toMatchObject({ subject: 'jane-123' });
  expect(idp.requests.filter(({ endpoint }) => endpoint === 'keys')).toHaveLength(2);
});
