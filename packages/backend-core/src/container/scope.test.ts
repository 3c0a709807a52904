// Before tsyringe, which throws on import without it.
import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import {
  coreServices,
  createBackendModule,
  createBackendPlugin,
  createExtensionPoint,
  createServiceFactory,
  createServiceRef,
  Inject,
  type DependencyRef,
  type ServiceRef,
} from '@vestibule/backend-plugin-api';
import {
  container,
  delay,
  inject,
  injectAll,
  injectable,
  Lifecycle,
  scoped,
  singleton,
  type InjectionToken,
} from 'tsyringe';
import { backendOf, failedStart } from '../testing/backends.ts';
import { createRootScope } from './scope.ts';

const nameRef = createServiceRef<string>({ id: 'test.name' });
const listRef = createServiceRef<string>({ id: 'test.list', multiton: true });
const nothingRef = createServiceRef<null | undefined | 0>({ id: 'test.nothing' });
const pointRef = createExtensionPoint<{ add(text: string): void }>({ id: 'one.point' });

/** Each plugin has its own name. */
const names = createServiceFactory({
  service: nameRef,
  deps: { pluginMetadata: coreServices.pluginMetadata },
  factory: (deps) => `of ${deps.pluginMetadata.getId()}`,
});

@Inject(nameRef)
class Plain {
  constructor(readonly name: string) {}
}

@injectable()
class Tsyringe {
  constructor(@inject(nameRef.token) readonly name: string) {}
}

@singleton()
class Single {
  constructor(@inject(nameRef.token) readonly name: string) {}
}

@scoped(Lifecycle.ContainerScoped)
class Scoped {
  constructor(@inject(nameRef.token) readonly name: string) {}
}

/** A plugin that keeps what its classes became. */
function building(
  pluginId: string,
  deps: Record<string, new (...parameters: never[]) => unknown>,
  into: unknown[],
) {
  return createBackendPlugin({
    pluginId,
    register: ({ registerInit }) => registerInit({ deps, init: (values) => void into.push(values) }),
  });
}

describe('classes in deps', () => {
  it('are built from their references, whichever decorator names them', async () => {
    const built: Record<string, { name: string }>[] = [];
    await using backend = backendOf([
      building('one', { Plain, Tsyringe, Single, Scoped }, built),
      building('two', { Plain, Tsyringe, Single, Scoped }, built),
      names,
    ]);
    await backend.start();
    const [one, two] = built;
    for (const [key, target] of Object.entries({ Plain, Tsyringe, Single, Scoped })) {
      expect(one?.[key]).toBeInstanceOf(target);
      // A singleton of tsyringe's would hand the second plugin what the first one got.
      expect([one?.[key]?.name, two?.[key]?.name]).toEqual(['of one', 'of two']);
    }
  });

  it('leave nothing behind in the container that tsyringe shares in the process', async () => {
    await using backend = backendOf([building('one', { Plain, Single }, []), names]);
    await backend.start();
    expect(container.isRegistered(nameRef.token)).toBe(false);
    expect(container.isRegistered(Plain)).toBe(false);
  });

  it('receive extension points in a module, and a multiton as one list', async () => {
    @Inject(pointRef, listRef)
    class Adding {
      constructor(
        readonly point: { add(text: string): void },
        readonly list: string[],
      ) {}
    }
    @injectable()
    class Listing {
      constructor(@inject(listRef.token) readonly list: string[]) {}
    }
    const added: string[] = [];
    let listed: unknown;
    const item = (text: string) => createServiceFactory({ service: listRef, deps: {}, factory: () => text });
    await using backend = backendOf([
      createBackendPlugin({
        pluginId: 'one',
        register({ registerExtensionPoint, registerInit }) {
          registerExtensionPoint(pointRef, { add: (text) => void added.push(text) });
          registerInit({ deps: {}, init: () => {} });
        },
      }),
      createBackendModule({
        pluginId: 'one',
        moduleId: 'm',
        register: ({ registerInit }) =>
          registerInit({
            deps: { adding: Adding, listing: Listing },
            init({ adding, listing }) {
              adding.point.add(adding.list.join('+'));
              listed = listing.list;
            },
          }),
      }),
      item('a'),
      item('b'),
    ]);
    await backend.start();
    expect(added).toEqual(['a+b']);
    expect(listed).toEqual(['a', 'b']);
  });

  it('receive null, undefined and 0 as they are', async () => {
    for (const value of [null, undefined, 0] as const) {
      @Inject(nothingRef)
      class Nothing {
        constructor(readonly value: null | undefined | 0) {}
      }
      const built: unknown[] = [];
      await using backend = backendOf([
        building('one', { Nothing }, built),
        createServiceFactory({ service: nothingRef, deps: {}, factory: () => value }),
      ]);
      await backend.start();
      expect(built).toEqual([{ Nothing: expect.objectContaining({ value }) }]);
    }
  });

  it('are built anew for each place that names them', async () => {
    const built: Record<string, unknown>[] = [];
    await using backend = backendOf([building('one', { first: Plain, second: Plain }, built), names]);
    await backend.start();
    expect(built[0]?.first).not.toBe(built[0]?.second);
  });

  it('join the graph: what they lack is reported with the class on the path', async () => {
    const { message } = await failedStart(backendOf([building('one', { Plain, Tsyringe }, [])]));
    expect(message).toContain(
      "service 'test.name' is not registered\n    needed by: plugin one -> Plain -> test.name",
    );
  });

  it('are refused by name where a parameter names no service', async () => {
    class Bare {
      constructor(readonly name: string) {}
    }
    class Inherits extends Plain {}
    @injectable()
    class Lists {
      constructor(@injectAll(listRef.token) readonly list: string[]) {}
    }
    @injectable()
    class Delayed {
      constructor(@inject(delay(() => Plain) as InjectionToken<Plain>) readonly plain: Plain) {}
    }
    const classes = { Bare, Inherits, Lists, Delayed };
    const plugins = Object.entries(classes).map(([name, target]) =>
      building(name.toLowerCase(), { target }, []),
    );
    const { problems } = await failedStart(backendOf([...plugins, names]));
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual(
      Object.keys(classes).map((name) => [
        'ERR_INJECT_PARAMETER_UNNAMED',
        `plugin '${name.toLowerCase()}': class ${name} names no service for constructor parameter 1`,
        'Put @Inject(…) with 1 reference on the class itself.',
      ]),
    );
  });

  it('that throw in their constructor fail their plugin', async () => {
    @Inject(nameRef)
    class Throwing {
      constructor(name: string) {
        throw new Error(`no ${name}`);
      }
    }
    const { message } = await failedStart(backendOf([building('one', { Throwing }, []), names]));
    expect(message).toContain("plugin 'one' failed: no of one");
  });

  it('are disposed of when their plugin stops', async () => {
    const disposed: string[] = [];
    @Inject(nameRef)
    class Disposable {
      constructor(readonly name: string) {}
      async [Symbol.asyncDispose]() {
        disposed.push(this.name);
      }
    }
    const backend = backendOf([building('one', { Disposable }, []), names]);
    await backend.start();
    await backend.stop();
    expect(disposed).toEqual(['of one']);
  });
});

describe('scopes', () => {
  it('keep an extension point to the module that uses it', () => {
    const plugin = createRootScope().createChild();
    const module = plugin.createChild();
    const other = plugin.createChild();
    module.bind(pointRef, { add: () => {} });
    expect(module.resolve(pointRef)).toBeDefined();
    for (const scope of [plugin, other]) {
      expect(() => scope.resolve(pointRef)).toThrow(/unregistered/);
      class Stealing {
        constructor(readonly point: unknown) {}
      }
      expect(() => scope.build(Stealing, [pointRef])).toThrow(/unregistered/);
    }
  });

  it('do not mix two backends, nor two children made before their values were bound', () => {
    const roots = [createRootScope(), createRootScope()];
    const children = roots.flatMap((root) => [root.createChild(), root.createChild()]);
    children.forEach((child, index) => child.bind(nameRef, `child ${index}`));
    children.forEach((child, index) => {
      expect(child.resolve(nameRef)).toBe(`child ${index}`);
      expect((child.build(Plain, [nameRef]) as Plain).name).toBe(`child ${index}`);
    });
    for (const root of roots) expect(() => root.resolve(nameRef)).toThrow(/unregistered/);
  });

  it('give references without a token one by their id', () => {
    const theirs = {
      $$type: '@backstage/ServiceRef',
      id: 'their.service',
      scope: 'root',
    } as unknown as DependencyRef;
    const copy = { ...theirs } as ServiceRef<unknown>;
    const root = createRootScope();
    root.bind(theirs, 'value');
    expect(root.createChild().resolve(copy)).toBe('value');
    expect(() => createRootScope().resolve(theirs)).toThrow(/unregistered/);
  });
});
