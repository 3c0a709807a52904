/** Where the problems of a start point. */
import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendFeatureLoader,
  createBackendPlugin,
  createServiceFactory,
  createServiceRef,
  InputError,
  type ConfigSchema,
} from '@vestibule/backend-plugin-api';
import { backendOf, configFactory, emptyModule, emptyPlugin, failedStart } from '../testing/backends.ts';

const numberRef = createServiceRef<number>({ id: 'test.number', scope: 'root' });
const here = String.raw`packages/backend-core/src/problems/faults\.test\.ts:\d+:\d+`;

function explode(): never {
  throw new Error('boom');
}

describe('a fault', () => {
  it('shows the frames of the code it lies in, and none of the framework, of packages or of Node', async () => {
    const parse = (text: string) => JSON.parse(text) as number;
    const { message, problems } = await failedStart(
      backendOf([
        emptyPlugin('own', explode),
        emptyPlugin('late', async () => {
          await new Promise((resolve) => setImmediate(resolve));
          explode();
        }),
        createServiceFactory({
          service: numberRef,
          deps: {},
          async factory() {
            return parse('{');
          },
        }),
      ]),
    );
    const [parsing, making] = problems[0]?.frames ?? [];
    expect(parsing).toMatch(new RegExp(`^parse \\(${here}\\)$`));
    expect(making).toMatch(new RegExp(`\\(${here}\\)$`));
    expect(message).toMatch(
      new RegExp(
        `^Could not start: 1 problem\n {2}service 'test\\.number' failed: .*\n {4}at parse \\(${here}\\)\n`,
      ),
    );
    expect(message).not.toMatch(/node:|node_modules|backend-plugin-api|instances\.ts|units\.ts/);

    const inits = await failedStart(
      backendOf([
        emptyPlugin('own', explode),
        emptyPlugin('late', async () => {
          await new Promise((resolve) => setImmediate(resolve));
          explode();
        }),
      ]),
    );
    for (const { frames = [] } of inits.problems) {
      expect(frames[0]).toMatch(new RegExp(`\\bexplode\\b.* \\(${here}\\)$`));
    }
    expect(inits.problems).toHaveLength(2);
  });

  it('shows those of a register() and of a loader, too', async () => {
    const { problems } = await failedStart(
      backendOf([
        createBackendPlugin({ pluginId: 'registering', register: () => explode() }),
        createBackendFeatureLoader({ loader: () => explode() }),
      ]),
    );
    expect(problems.map(({ code, frames }) => [code, frames?.[0]])).toEqual([
      ['ERR_FEATURE_LOADER_FAILED', expect.stringMatching(/^explode \(/)],
      ['ERR_FEATURE_REGISTER_FAILED', expect.stringMatching(/^explode \(/)],
    ]);
  });

  it('is told from a finding, which has a code and points by itself, and from what is no error', async () => {
    const { problems } = await failedStart(
      backendOf([
        emptyPlugin('finding', () => {
          throw new InputError('ERR_ACME', 'the plan is missing');
        }),
        emptyPlugin('text', () => {
          throw 'a text'; // eslint-disable-line @typescript-eslint/only-throw-error
        }),
        emptyPlugin('odd', () => {
          throw Object.create(null, { stack: { get: explode } }) as Error;
        }),
      ]),
    );
    expect(problems).toHaveLength(3);
    for (const problem of problems) expect(problem).not.toHaveProperty('frames');
  });

  it('takes no frame from its message, and shows no secret of the config in one', async () => {
    const schema: ConfigSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) => ({ value }),
        jsonSchema: {
          input: () => ({
            type: 'object',
            properties: {
              acme: { type: 'object', properties: { key: { type: 'string', visibility: 'secret' } } },
            },
          }),
        },
      },
    };
    const { message } = await failedStart(
      backendOf([
        configFactory({ acme: { key: 'Zk3-a-long-secret' } }),
        createBackendPlugin({
          pluginId: 'careless',
          configSchema: schema,
          register: ({ registerInit }) =>
            registerInit({
              deps: { config: coreServices.rootConfig },
              init() {
                const named = {
                  ['Zk3-a-long-secret']: () => {
                    throw new Error('no\n    at forged (/etc/forged.js:1:1)');
                  },
                };
                named['Zk3-a-long-secret']();
              },
            }),
        }),
      ]),
    );
    expect(message).toMatch(new RegExp(`\\(${here}\\)`));
    expect(message.match(/forged\.js/g)).toHaveLength(1);
    expect(message).not.toContain('Zk3-a-long-secret');
  });
});

describe('what was added', () => {
  it('twice is shown with both places, whether a plugin, a module or a factory', async () => {
    const number = (value: number) =>
      createServiceFactory({ service: numberRef, deps: {}, factory: () => value });
    const backend = backendOf([]);
    backend.add(emptyPlugin('twin'));
    backend.add(emptyPlugin('twin'));
    backend.add(emptyPlugin('whole'));
    backend.add(emptyModule('whole', 'same'));
    backend.add(createBackendFeatureLoader({ loader: () => [emptyModule('whole', 'same')] }));
    backend.add(number(1));
    backend.add(number(2));
    const { message, problems } = await failedStart(backend);
    const added = expect.stringMatching(new RegExp(`^added at ${here}$`));
    expect(problems.map(({ code, places }) => [code, places])).toEqual([
      ['ERR_SERVICE_DUPLICATE', [added, added]],
      ['ERR_PLUGIN_DUPLICATE', [added, added]],
      [
        'ERR_MODULE_DUPLICATE',
        [added, expect.stringMatching(new RegExp(`^brought by feature loader created at ${here}$`))],
      ],
    ]);
    for (const { places = [] } of problems) expect(new Set(places).size).toBe(2);
    expect(message).toMatch(
      new RegExp(`plugin 'twin' was added twice\n {4}added at ${here}\n {4}added at ${here}\n`),
    );
  });

  it('and is no feature, or could not be loaded, is shown with its place', async () => {
    const { problems } = await failedStart(
      backendOf([
        { hello: 1 } as never,
        Promise.reject(new Error('no package')),
        Promise.resolve({ default: 'x' } as never),
      ]),
    );
    for (const { places } of problems) {
      expect(places).toEqual([expect.stringMatching(new RegExp(`^added at ${here}$`))]);
    }
    expect(problems).toHaveLength(3);
  });
});
