/** What createBackendPlugin and createBackendModule share: collecting one register() call into Backstage's shape. */
import type { ConfigSchema } from '../config/configSchema.ts';
import { FeatureError } from '../errors/errors.ts';
import type { Dependency, InjectableClass, ValuesOf } from './dependencies.ts';
import type { DependencyRef, ExtensionPoint } from './references.ts';
import { injectedRefs, isInjectableClass } from './inject.ts';
import type {
  ExtensionPointFactoryContext,
  ExtensionPointRegistration,
  Registration,
  RegistrationInit,
  RegistrationsFeature,
} from './registrations.ts';

/** What register() receives. @public */
export interface RegistrationPoints {
  /** Offers an extension point: one implementation for all modules, or one made for each module that uses it. */
  registerExtensionPoint<T>(extensionPoint: ExtensionPoint<T>, implementation: T): void;
  registerExtensionPoint<T>(options: {
    extensionPoint: ExtensionPoint<T>;
    factory(context: ExtensionPointFactoryContext): T;
  }): void;
  /** Says what is needed and what to do with it. Exactly one call, after the extension points. */
  registerInit<TDeps extends Record<string, Dependency>>(options: {
    deps: TDeps;
    init(values: ValuesOf<TDeps>): Promise<void> | void;
  }): void;
}

/** Runs `register` once, when the backend asks. */
export function createRegistrations(options: {
  pluginId: string;
  moduleId?: string;
  configSchema?: ConfigSchema;
  register(points: RegistrationPoints): void;
}): RegistrationsFeature {
  const { pluginId, moduleId, configSchema, register } = options;
  const owner =
    moduleId === undefined ? `plugin '${pluginId}'` : `module '${moduleId}' of plugin '${pluginId}'`;
  checkId('plugin', pluginId);
  if (moduleId !== undefined) checkId('module', moduleId);
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'registrations',
    getRegistrations() {
      try {
        return [collect(owner, pluginId, moduleId, register)];
      } catch (error) {
        throw blame(error, owner, { pluginId, ...(moduleId !== undefined && { moduleId }) });
      }
    },
    ...(configSchema && { configSchema }),
  };
}

/** Says whose register() failed, so that the boot can tell, and stop that plugin or module only where it may. */
function blame(error: unknown, label: string, owner: { pluginId: string; moduleId?: string }): FeatureError {
  if (error instanceof FeatureError) {
    const { code, message, hint } = error;
    return new FeatureError(code, message.startsWith(label) ? message : `${label}: ${message}`, {
      owner,
      cause: error,
      ...(hint !== undefined && { hint }),
    });
  }
  return new FeatureError('ERR_FEATURE_REGISTER_FAILED', `${label}: register() threw: ${textOf(error)}`, {
    owner,
    cause: error,
  });
}

/** What was thrown may be anything, also something that cannot be printed. */
function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return 'something without a message';
  }
}

const idPattern = /^[a-z][a-z0-9_-]*$/i;

function checkId(kind: 'plugin' | 'module', id: string): void {
  if (idPattern.test(id)) return;
  throw new FeatureError(
    'ERR_FEATURE_ID_INVALID',
    `the ${kind} id '${id}' is not a letter followed by letters, digits, dashes or underscores`,
  );
}

function collect(
  owner: string,
  pluginId: string,
  moduleId: string | undefined,
  register: (points: RegistrationPoints) => void,
): Registration {
  const extensionPoints: ExtensionPointRegistration[] = [];
  let init: RegistrationInit | undefined;

  register({
    registerExtensionPoint<T>(
      pointOrOptions:
        | ExtensionPoint<T>
        | { extensionPoint: ExtensionPoint<T>; factory(context: ExtensionPointFactoryContext): T },
      implementation?: T,
    ) {
      if (init) {
        throw new FeatureError(
          'ERR_FEATURE_REGISTER_ORDER',
          `${owner} registers an extension point after its init; register extension points first`,
        );
      }
      extensionPoints.push('factory' in pointOrOptions ? pointOrOptions : [pointOrOptions, implementation]);
    },
    registerInit<TDeps extends Record<string, Dependency>>(given: {
      deps: TDeps;
      init(values: ValuesOf<TDeps>): Promise<void> | void;
    }) {
      if (init) throw new FeatureError('ERR_FEATURE_INIT_TWICE', `${owner} registers its init twice`);
      init = spellOut(given.deps, async (values) => given.init(values as ValuesOf<TDeps>));
    },
  });

  if (!init) {
    throw new FeatureError('ERR_FEATURE_INIT_MISSING', `${owner} registers no init`, {
      hint: 'Call registerInit({ deps, init }) in register().',
    });
  }
  const newer = extensionPoints.some((point) => 'factory' in point);
  return {
    type: `${moduleId === undefined ? 'plugin' : 'module'}${newer ? '-v1.1' : ''}`,
    pluginId,
    extensionPoints: newer ? extensionPoints.map(withFactory) : extensionPoints,
    init,
    ...(moduleId !== undefined && { moduleId }),
  };
}

/** The newer registration types know factories only. */
function withFactory(point: ExtensionPointRegistration): ExtensionPointRegistration {
  if ('factory' in point) return point;
  const [extensionPoint, implementation] = point;
  return { extensionPoint, factory: () => implementation };
}

/** Replaces each class by its references, for hosts that know nothing of classes, and builds it there with `new`. */
function spellOut(
  deps: Record<string, Dependency>,
  func: (values: Record<string, unknown>) => Promise<void>,
): RegistrationInit {
  const plain: Record<string, DependencyRef> = {};
  const classes: { name: string; target: InjectableClass; keys: string[] }[] = [];
  for (const [name, dependency] of Object.entries(deps)) {
    if (!isInjectableClass(dependency)) {
      plain[name] = dependency;
      continue;
    }
    const keys = injectedRefs(dependency).map((ref, index) => {
      const key = `${name}.${index}`;
      plain[key] = ref;
      return key;
    });
    classes.push({ name, target: dependency, keys });
  }
  if (classes.length === 0) return { deps: plain, func };
  return {
    deps: plain,
    async func(values) {
      const complete = { ...values };
      for (const { name, target, keys } of classes) {
        complete[name] = new target(...(keys.map((key) => values[key]) as never[]));
        for (const key of keys) delete complete[key];
      }
      await func(complete);
    },
    vestibule: { deps, func },
  };
}
