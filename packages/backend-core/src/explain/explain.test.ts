import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
} from '@vestibule/backend-plugin-api';
import { backendOf, emptyPlugin, failedStart } from '../testing/backends.ts';

const point = createExtensionPoint<object>({ id: 'hello.point' });
const rootRef = createServiceRef<string>({ id: 'test.root', scope: 'root' });
const pluginRef = createServiceRef<string>({ id: 'test.plugin' });
const lazyRef = createServiceRef<string>({ id: 'test.lazy', scope: 'root' });

const features = () => [
  createBackendPlugin({
    pluginId: 'hello',
    register({ registerExtensionPoint, registerInit }) {
      registerExtensionPoint(point, {});
      registerInit({ deps: { pluginRef }, init: () => {} });
    },
  }),
  createBackendModule({
    pluginId: 'hello',
    moduleId: 'm',
    register: ({ registerInit }) =>
      registerInit({ deps: { point, lifecycle: coreServices.lifecycle }, init: () => {} }),
  }),
  createServiceFactory({ service: pluginRef, deps: { rootRef }, factory: () => '' }),
  createServiceFactory({ service: lazyRef, initialization: 'lazy', deps: {}, factory: () => '' }),
];
const defaults = [createServiceFactory({ service: rootRef, deps: {}, factory: () => '' })];

describe('explain()', () => {
  it('tells who provides and uses what, in data that survives JSON', async () => {
    await using backend = backendOf(features(), { defaultServiceFactories: defaults });
    await backend.start();
    const { json } = backend.explain();
    expect(JSON.parse(JSON.stringify(json))).toEqual(json);
    expect(json.parts).toEqual([
      { pluginId: 'hello', dependsOn: ['test.plugin'], offers: ['hello.point'] },
      { pluginId: 'hello', moduleId: 'm', dependsOn: ['hello.point', 'core.lifecycle'], offers: [] },
    ]);
    expect(json.extensionPoints).toEqual([
      { id: 'hello.point', offeredBy: "plugin 'hello'", usedBy: ["module 'm' of plugin 'hello'"] },
    ]);
    const services = Object.fromEntries(json.services.map((service) => [service.id, service]));
    const time = expect.any(Number);
    expect(services['test.plugin']).toEqual({
      id: 'test.plugin',
      scope: 'plugin',
      multiton: false,
      providedBy: 'added',
      dependsOn: ['test.root'],
      usedBy: ["plugin 'hello'"],
      instances: [{ pluginId: 'hello', state: 'done', milliseconds: time }],
    });
    expect(services['test.root']).toMatchObject({ providedBy: 'default', usedBy: ["service 'test.plugin'"] });
    expect(services['test.lazy']).toMatchObject({
      instances: [],
      notMade: 'it is lazy and nobody depends on it',
    });
    expect(services['core.lifecycle']).toMatchObject({
      providedBy: 'built in',
      usedBy: ["module 'm' of plugin 'hello'"],
    });
    expect(json.timings.map(({ label, state }) => [label, state])).toEqual([
      ["service 'test.root'", 'done'],
      ["module 'm' of plugin 'hello'", 'done'],
      ["service 'test.plugin' for plugin 'hello'", 'done'],
      ["plugin 'hello'", 'done'],
    ]);
  });

  it('draws the same as a tree', async () => {
    await using backend = backendOf(features(), { defaultServiceFactories: defaults });
    await backend.start();
    const tree = String(backend.explain()).replaceAll(/[\d.]+ ms/g, 'N ms');
    expect(tree).toContain(
      [
        'plugins',
        '└─ hello',
        '   ├─ init',
        '   │  ├─ uses: test.plugin',
        '   │  └─ offers: hello.point',
        '   └─ module m',
        '      └─ uses: hello.point, core.lifecycle',
        'extension points',
        '└─ hello.point',
        "   ├─ offered by: plugin 'hello'",
        "   └─ used by: module 'm' of plugin 'hello'",
        'services',
      ].join('\n'),
    );
    expect(tree).toContain(
      [
        '├─ test.plugin (plugin, added)',
        '│  ├─ uses: test.root',
        "│  ├─ used by: plugin 'hello'",
        '│  └─ made: for hello (N ms)',
      ].join('\n'),
    );
    expect(tree).toContain('   └─ not made: it is lazy and nobody depends on it');
    expect(tree).toContain("├─ N ms service 'test.root', from N ms");
  });

  it('tells of a failed start what failed and what was not reached', async () => {
    const backend = backendOf(
      [
        ...features(),
        emptyPlugin('bad', () => {
          throw new Error('boom');
        }),
      ],
      { defaultServiceFactories: defaults },
    );
    await failedStart(backend);
    const { json } = backend.explain();
    expect(json.problems).toEqual([{ code: 'ERR_PLUGIN_FAILED', message: "plugin 'bad' failed: boom" }]);
    expect(json.parts[2]).toMatchObject({ pluginId: 'bad', failure: 'ERR_PLUGIN_FAILED' });
    expect(String(backend.explain())).toContain("ERR_PLUGIN_FAILED plugin 'bad' failed: boom");
  });

  it('says little before the start', () => {
    expect(backendOf(features()).explain().json.parts).toEqual([]);
  });
});
