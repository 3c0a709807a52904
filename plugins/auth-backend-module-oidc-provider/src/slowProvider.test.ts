/** A provider that needs some seconds for each call: a callback has one budget for all of its, so that they go out side by side. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  startScriptedOpenIdProvider,
  type ScriptedEndpoint,
  type ScriptedOpenIdProvider,
} from '@vestibule/backend-test-utils';
import { createOutboundHttp, type OutboundHttp } from '@vestibule/outbound-http';
import { configuredProvider, exchangeOf, start } from './testing/signIn.ts';

let idp: ScriptedOpenIdProvider;
let http: OutboundHttp;
beforeAll(async () => {
  http = createOutboundHttp();
  idp = await startScriptedOpenIdProvider();
});
beforeEach(() => {
  idp.requests.length = 0;
  idp.scripts = {};
});
afterAll(async () => {
  await idp.close();
  await http.close();
});

/** Resolves when the endpoint is first asked, which still answers. */
async function asked(endpoint: ScriptedEndpoint): Promise<void> {
  return new Promise((resolve) => {
    idp.scripts[endpoint] = (honest) => {
      resolve();
      return honest;
    };
  });
}
const endpoints = () => idp.requests.map(({ endpoint }) => endpoint);

describe('the key set of a provider', () => {
  it('is read while the person logs in, once for all who do', async () => {
    const oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http });
    const read = asked('keys');
    await Promise.all([start(oidc), start(oidc)]);
    await read;
    await start(oidc);
    expect(endpoints()).toEqual(['metadata', 'keys']);
  });

  it('is read beside the exchange by a process that did not see the start', async () => {
    const [seen, other] = [1, 2].map(() => configuredProvider({ metadataUrl: idp.metadataUrl, http }));
    const started = await start(seen!);
    const callback = await idp.authorize(started.url);
    const read = asked('keys');
    idp.requests.length = 0;
    // The token endpoint has an answer only when the keys have been asked for.
    idp.scripts.token = async (honest) => read.then(() => honest);
    const { subject } = await other!.exchange(exchangeOf(started, callback));
    expect(subject).toBe('jane-123');
    expect(endpoints().sort()).toEqual(['keys', 'metadata', 'token', 'userinfo']);
  });

  it('that cannot be read ahead is read when it is needed', async () => {
    const oidc = configuredProvider({ metadataUrl: idp.metadataUrl, http });
    let refused: () => void = () => undefined;
    const failed = new Promise<void>((resolve) => (refused = resolve));
    idp.scripts.keys = (honest) => {
      refused();
      return { ...honest, status: 503 };
    };
    const started = await start(oidc);
    await failed;
    delete idp.scripts.keys;
    const callback = await idp.authorize(started.url);
    const { subject } = await oidc.exchange(exchangeOf(started, callback));
    expect(subject).toBe('jane-123');
  });
});
