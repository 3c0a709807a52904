import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  createExternalTokenHandler,
  createServiceFactory,
  externalTokenHandlersServiceRef,
  type ExternalTokenHandler,
  type JsonObject,
} from '@vestibule/backend-plugin-api';
import { createConfig } from '../../config/createConfig.ts';
import { createTestLogger } from '../../http/testing/startHttp.ts';
import { startBackend, type TestBackend } from '../testing/startBackend.ts';
import { collectHandlers, createAddedTokens } from './addedTokens.ts';

const robotToken = 'token-of-the-robot-0123456789';
const failingToken = 'token-at-which-it-breaks';

/** Takes tokens that begin as its options say, and breaks at one. */
const prefixes = createExternalTokenHandler({
  type: 'prefix',
  initialize: ({ options }) => ({
    prefix: options.getString('prefix'),
    subject: options.getString('subject'),
  }),
  async verifyToken(token, { prefix, subject }) {
    if (token === failingToken) throw new Error(`cannot look at ${token}`);
    return token.startsWith(prefix) ? { subject } : undefined;
  },
});

function added(handler: unknown) {
  return createServiceFactory({
    service: externalTokenHandlersServiceRef,
    deps: {},
    factory: () => handler as ExternalTokenHandler<unknown>,
  });
}

const entry = (options: JsonObject, rest: JsonObject = {}): JsonObject => ({
  type: 'prefix',
  options,
  ...rest,
});
const withEntries = (...externalAccess: JsonObject[]): JsonObject => ({
  backend: { auth: { externalAccess } },
});

let backend: TestBackend | undefined;
afterEach(async () => {
  await backend?.stop();
  backend = undefined;
  jest.useRealTimers();
});

async function call(token: string, plugin = 'reports'): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${backend?.url}/api/${plugin}/`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, body: (await response.json()) as JsonObject };
}

describe('a handler of tokens from outside that was added', () => {
  it('decides for the entries of its type, in the order of the config, with the restrictions of each', async () => {
    backend = await startBackend(
      withEntries(
        entry({ prefix: 'ci-', subject: 'pipeline' }, { accessRestrictions: [{ plugin: 'reports' }] }),
        { type: 'static', options: { token: robotToken, subject: 'robot' } },
        entry({ prefix: 'any', subject: 'anybody' }),
      ),
      [added(prefixes)],
    );
    const principalOf = async (token: string) => (await call(token)).body['principal'];
    expect(await principalOf('ci-0001')).toEqual({
      type: 'service',
      subject: 'pipeline',
      accessRestrictions: {},
    });
    expect(await principalOf(robotToken)).toEqual({ type: 'service', subject: 'robot' });
    expect(await principalOf('anything')).toEqual({ type: 'service', subject: 'anybody' });
    expect(await call('ci-0001', 'billing')).toMatchObject({
      status: 403,
      body: { error: { code: 'ERR_ACCESS_RESTRICTED' } },
    });
  });

  it('that throws refuses the token, keeps nobody else out, and is logged without the token', async () => {
    backend = await startBackend(
      withEntries(entry({ prefix: 'ci-', subject: 'pipeline' }), {
        type: 'static',
        options: { token: robotToken, subject: 'robot' },
      }),
      [added(prefixes)],
    );
    expect(await call(failingToken)).toMatchObject({
      status: 401,
      body: { error: { name: 'AuthenticationError', code: 'ERR_TOKEN_INVALID' } },
    });
    expect((await call(robotToken)).status).toBe(200);
    const log = backend.log.join('\n');
    expect(log).toContain("the handler of 'prefix' tokens failed: cannot look at [token]");
    expect(log).not.toContain(failingToken);
  });

  it.each([[{}], [{ subject: '' }], [{ subject: 'two words' }], [{ subject: 7 }], ['robot']])(
    'that answers %j lets nobody in',
    async (answer) => {
      const handler = { ...prefixes, verifyToken: async () => answer };
      backend = await startBackend(withEntries(entry({ prefix: 'any', subject: 'x' })), [added(handler)]);
      expect((await call('any-token')).status).toBe(401);
      expect(backend.log.join('\n')).toContain("the handler of 'prefix' tokens gave no subject");
    },
  );

  it('that hangs is waited for 5 seconds, and the answer is that the token may be good', async () => {
    jest.useFakeTimers();
    const handler = { ...prefixes, verifyToken: () => new Promise<undefined>(() => {}) };
    const tokens = createAddedTokens({
      type: 'prefix',
      index: 0,
      handlers: collectHandlers([handler]),
      config: createConfig(withEntries(entry({ prefix: 'any', subject: 'x' }))),
      logger: createTestLogger(),
    });
    const verdict = expect(tokens.verify('any-token')).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'ERR_EXTERNAL_HANDLER_TIMEOUT',
      hint: "The handler of 'prefix' tokens did not answer within 5 s.",
    });
    await jest.advanceTimersByTimeAsync(5000);
    await verdict;
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a start is refused', () => {
  const messageOf = async (config: JsonObject, handlers: unknown[]): Promise<string> => {
    try {
      backend = await startBackend(config, handlers.map(added));
    } catch (error) {
      return (error as Error).message;
    }
    return 'started';
  };

  it('where no handler has the type of an entry, once, with what there is', async () => {
    const message = await messageOf(
      withEntries({ type: 'prefx', options: { secret: 'hidden-in-the-config' } }),
      [prefixes],
    );
    expect(message).toContain(
      "Could not start: 1 problem\n  backend.auth.externalAccess[0].type names 'prefx', for which there is no handler; " +
        "there are 'static', 'legacy', 'jwks', 'prefix'. Did you mean 'prefix'?",
    );
    expect(message).toContain('core.auth.externalTokenHandlers');
    expect(message).not.toContain('hidden-in-the-config');
  });

  it('where a handler refuses the options of its entry', async () => {
    expect(await messageOf(withEntries(entry({ prefix: 'a' })), [prefixes])).toContain(
      "backend.auth.externalAccess[0].options is refused by the handler of 'prefix': Missing required config value " +
        "at 'backend.auth.externalAccess[0].options.subject'",
    );
  });

  it('where two handlers have one type, or one takes the type of another', async () => {
    expect(await messageOf({}, [prefixes, prefixes])).toContain("type 'prefix', which another one has");
    expect(await messageOf({}, [{ ...prefixes, type: 'jwks' }])).toContain(
      "type 'jwks', which core.auth knows itself",
    );
  });

  it.each([[undefined], [[prefixes]], [{ type: 'prefix' }], [{ ...prefixes, type: '' }]])(
    'where a factory gives %p instead of a handler',
    async (given) => {
      expect(await messageOf({}, [given])).toContain('[ERR_EXTERNAL_HANDLER_INVALID]');
    },
  );
});
