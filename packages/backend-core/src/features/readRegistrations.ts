/** Reads what a plugin or module registers, in the older and the newer shape, as parts that the boot can run. */
import {
  FeatureError,
  injectedRefs,
  isInjectableClass,
  type ConfigSchema,
  type Dependency,
  type DependencyRef,
  type ExtensionPointFactoryContext,
  type RegistrationsFeature,
} from '@vestibule/backend-plugin-api';
import { describeValue, hintForUndefined } from './describeValue.ts';
import { createProblem, framesOf, problemOfThrown, type Problem } from '../problems/startupProblem.ts';
import { ownerLabel, type Owner } from './owner.ts';

/** An extension point, with its implementation or a way to make one for each module. */
export interface OfferedExtensionPoint {
  readonly id: string;
  implementationFor(context: ExtensionPointFactoryContext): unknown;
}

/** One plugin or one module: what it needs and what it does. */
export interface Registration {
  readonly owner: Owner;
  readonly extensionPoints: readonly OfferedExtensionPoint[];
  /** The dependencies as the author wrote them, classes included. */
  readonly deps: Readonly<Record<string, Dependency>>;
  /** Every reference in them, with the class that names it where one does. */
  readonly needs: readonly { readonly ref: DependencyRef; readonly via?: string }[];
  readonly configSchema?: ConfigSchema;
  /** Where it was added, or by whom it was brought. */
  place(): string;
  run(values: Record<string, unknown>): unknown;
}

/**
 * Runs `register()` and reads the outcome. `origin` names the feature for problems without an owner, `place` says where it was
 * added.
 */
export function readRegistrations(
  feature: RegistrationsFeature,
  origin: string,
  place: () => string,
): { parts: Registration[]; problems: Problem[] } {
  const problems: Problem[] = [];
  let registrations: readonly unknown[];
  try {
    registrations = [...feature.getRegistrations()];
  } catch (error) {
    return { parts: [], problems: [{ ...problemOfRegister(error, origin), places: [place()] }] };
  }
  const parts: Registration[] = [];
  for (const registration of registrations) {
    const part = readRegistration(registration, feature.configSchema, origin, place);
    if ('code' in part) problems.push({ ...part, places: [place()] });
    else parts.push(part);
  }
  return { parts, problems };
}

function problemOfRegister(error: unknown, origin: string): Problem {
  const { owner } = (error ?? {}) as { owner?: Owner };
  if (!owner) return problemOfThrown('ERR_FEATURE_REGISTER_FAILED', `${origin}: register() threw`, error);
  const { code, message, hint, cause } = error as {
    code?: unknown;
    message: string;
    hint?: string;
    cause?: unknown;
  };
  const known = typeof code === 'string' && code.startsWith('ERR_') ? (code as `ERR_${string}`) : undefined;
  return createProblem(known ?? 'ERR_FEATURE_REGISTER_FAILED', message, {
    ...(hint !== undefined && { hint }),
    affects: [owner],
    ...framesOf(cause),
    cause: cause ?? error,
  });
}

const pluginTypes = ['plugin', 'plugin-v1.1'];
const moduleTypes = ['module', 'module-v1.1'];

interface UnreadRegistration {
  type?: unknown;
  pluginId?: unknown;
  moduleId?: unknown;
  extensionPoints?: unknown;
  init?: {
    deps?: Record<string, DependencyRef>;
    func?: Registration['run'];
    vestibule?: { deps: Record<string, Dependency>; func: Registration['run'] };
  };
}

function readRegistration(
  registration: unknown,
  configSchema: ConfigSchema | undefined,
  origin: string,
  place: () => string,
): Registration | Problem {
  const { type, pluginId, moduleId, extensionPoints, init } = (registration ?? {}) as UnreadRegistration;
  const isPlugin = pluginTypes.includes(type as string);
  if (typeof pluginId !== 'string') {
    return createProblem('ERR_FEATURE_INVALID', `${origin} has a registration without a plugin id`);
  }
  if (!isPlugin && !moduleTypes.includes(type as string)) {
    return createProblem(
      'ERR_FEATURE_INVALID',
      `${typeof moduleId === 'string' ? ownerLabel({ pluginId, moduleId }) : `plugin '${pluginId}'`} has a registration of the unknown type '${String(type)}'; this backend knows ${[...pluginTypes, ...moduleTypes].map((known) => `'${known}'`).join(', ')}`,
      {
        affects: [typeof moduleId === 'string' ? { pluginId, moduleId } : { pluginId }],
        hint: 'Install a version of its package that this backend knows, or update @vestibule/backend-core.',
      },
    );
  }
  if (!isPlugin && typeof moduleId !== 'string') {
    return createProblem('ERR_FEATURE_INVALID', `a module of plugin '${pluginId}' has no id`, {
      affects: [{ pluginId }],
    });
  }
  const owner: Owner = isPlugin ? { pluginId } : { pluginId, moduleId: moduleId as string };
  const withClasses = init?.vestibule;
  const { deps, func } =
    withClasses && canRead(withClasses.deps) ? withClasses : { deps: init?.deps, func: init?.func };
  if (typeof func !== 'function') {
    return createProblem('ERR_FEATURE_INVALID', `${ownerLabel(owner)} has no init`, { affects: [owner] });
  }
  try {
    return {
      owner,
      extensionPoints: Array.isArray(extensionPoints) ? extensionPoints.map(readExtensionPoint) : [],
      deps: deps ?? {},
      needs: Object.entries(deps ?? {}).flatMap(needsOf),
      ...(configSchema && { configSchema }),
      place,
      run: (values) => func(values),
    };
  } catch (error) {
    return problemOfThrown('ERR_FEATURE_INVALID', ownerLabel(owner), error, { affects: [owner] });
  }
}

/**
 * Whether the classes among the deps name their references in a way that this copy of the contracts knows: the tokens of
 * another copy lead nowhere here. That copy has spelled them out, too, and builds the classes itself.
 */
function canRead(deps: Record<string, Dependency>): boolean {
  try {
    Object.entries(deps).forEach(needsOf);
    return true;
  } catch {
    return false;
  }
}

function readExtensionPoint(point: unknown): OfferedExtensionPoint {
  if (Array.isArray(point)) {
    const [{ id }, implementation] = point as [{ id: string }, unknown];
    return { id, implementationFor: () => implementation };
  }
  const { extensionPoint, factory } = point as {
    extensionPoint: { id: string };
    factory: OfferedExtensionPoint['implementationFor'];
  };
  return { id: extensionPoint.id, implementationFor: (context) => factory(context) };
}

function needsOf([name, dependency]: [string, Dependency]): Registration['needs'] {
  if (isInjectableClass(dependency)) {
    const via = dependency.name || '(anonymous class)';
    return injectedRefs(dependency).map((ref) => ({ ref, via }));
  }
  if (typeof (dependency as Partial<DependencyRef> | null | undefined)?.id === 'string') {
    return [{ ref: dependency }];
  }
  throw new FeatureError(
    'ERR_FEATURE_INVALID',
    `'${name}' in its deps is no reference and no class, but ${describeValue(dependency)}`,
    dependency === undefined ? { hint: hintForUndefined } : {},
  );
}

/** Whether a reference names an extension point, rather than a service. */
export function isExtensionPoint(ref: DependencyRef): boolean {
  return ref.$$type === '@backstage/ExtensionPoint';
}
