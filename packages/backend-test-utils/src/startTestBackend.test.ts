import { describe, expect, it } from '@jest/globals';
import { createRootConfigFactory } from '@vestibule/backend-defaults';
import { coreServices, createBackendPlugin, createServiceDecorator } from '@vestibule/backend-plugin-api';
import { startTestBackend } from './startTestBackend.ts';

/** Answers with a greeting from config, to anyone. */
const helloPlugin = createBackendPlugin({
  pluginId: 'hello',
  register: ({ registerInit }) =>
    registerInit({
      deps: { router: coreServices.httpRouter, config: coreServices.rootConfig, logger: coreServices.logger },
      init({ router, config, logger }) {
        logger.info('hello is ready');
        router.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
        router.use((_request, response) => response.end(`hello ${config.getString('hello.name')}`));
      },
    }),
});

describe('startTestBackend', () => {
  it("serves a plugin's route on a port of its own until it is stopped", async () => {
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const one = await startTestBackend({ features: [helloPlugin], config: { hello: { name: 'Jane' } }, log });
    const other = await startTestBackend({
      features: [Promise.resolve({ default: helloPlugin })],
      config: { hello: { name: 'Omar' } },
    });
    try {
      expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(await (await fetch(`${one.url}/api/hello/x`)).text()).toBe('hello Jane');
      expect(await (await fetch(`${other.url}/api/hello/x`)).text()).toBe('hello Omar');
      expect(lines.join('\n')).toContain('hello is ready');
    } finally {
      await Promise.all([one.stop(), other.stop()]);
    }
    await expect(fetch(one.url)).rejects.toThrow('fetch failed');
  });

  it('lets a feature replace any default, the config included', async () => {
    await using started = await startTestBackend({
      features: [
        helloPlugin,
        createRootConfigFactory({ data: { hello: { name: 'Kim' }, backend: { listen: '127.0.0.1:0' } } }),
      ],
    });
    expect(await (await fetch(`${started.url}/api/hello/x`)).text()).toBe('hello Kim');
  });

  it('takes a decorator of any default', async () => {
    const written: string[] = [];
    await using started = await startTestBackend({
      features: [
        helloPlugin,
        createServiceDecorator({
          service: coreServices.logger,
          deps: { plugin: coreServices.pluginMetadata },
          decorate: (inner, { plugin }) => ({
            error: (...line) => inner.error(...line),
            warn: (...line) => inner.warn(...line),
            info: (message) => void written.push(`${plugin.getId()}: ${message}`),
            debug: (...line) => inner.debug(...line),
            child: (fields) => inner.child(fields),
          }),
        }),
      ],
      config: { hello: { name: 'Jane' } },
    });
    expect(written).toEqual(['hello: hello is ready']);
    expect(started.backend.explain().json.decorators).toEqual([
      expect.objectContaining({
        service: 'core.logger',
        from: expect.stringMatching(/^added at \S*startTestBackend\.test\.ts:\d+:\d+$/),
      }),
    ]);
  });

  it('rejects with the problems of a backend that cannot start', async () => {
    await expect(
      startTestBackend({ features: [helloPlugin], config: { backend: { listn: 1 } } }),
    ).rejects.toMatchObject({
      code: 'ERR_BACKEND_STARTUP',
      problems: [{ code: 'ERR_CONFIG_UNKNOWN_KEY', message: 'backend.listn is not a known key' }],
    });
  });
});
