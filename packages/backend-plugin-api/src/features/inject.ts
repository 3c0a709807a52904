/** Names what a class's constructor receives, without emitted metadata. */
import type { InjectableClass, ValueOf } from './dependencies.ts';
import type { DependencyRef } from './references.ts';
import { FeatureError } from '../errors/errors.ts';
import { refOfToken } from './tokens.ts';

// Registered symbols, so that two copies of this package, or a bundled one, read each other's records.
const injected = Symbol.for('vestibule.inject');
const tsyringeTokens = 'injectionTokens';

/** The constructor arguments that a list of references stands for. @public */
export type InjectedValues<TRefs extends readonly DependencyRef[]> = {
  -readonly [K in keyof TRefs]: ValueOf<TRefs[K]>;
};

/**
 * Declares the constructor parameters of a class, in their order. The class then stands as a value in `deps`.
 *
 * The compiler checks the constructor against the references. Works as a legacy and as a standard decorator.
 *
 * @example
 * ```ts
 * @Inject(catalogServiceRef, coreServices.logger)
 * class AcmeResolver {
 *   constructor(private readonly catalog: CatalogService, private readonly logger: LoggerService) {}
 * }
 * ```
 * @public
 */
export function Inject<const TRefs extends readonly DependencyRef[]>(...refs: TRefs) {
  return (
    target: new (...parameters: InjectedValues<TRefs>) => object,
    _context?: ClassDecoratorContext,
  ): void => {
    Object.defineProperty(target, injected, { value: refs });
  };
}

/**
 * The references behind the constructor parameters of a class, in their order.
 *
 * @throws `ERR_INJECT_PARAMETER_UNNAMED` naming the class and the parameter, where a parameter names no reference. A
 *   subclass names its own: what its parent recorded does not count.
 * @public
 */
export function injectedRefs(target: InjectableClass): readonly DependencyRef[] {
  const own = Object.getOwnPropertyDescriptor(target, injected)?.value as
    readonly DependencyRef[] | undefined;
  if (own && own.length >= target.length) return own;
  const tokens = tsyringeTokensOf(target);
  const count = Math.max(
    target.length || inheritedLength(target),
    ...Object.keys(tokens).map((index) => Number(index) + 1),
  );
  return Array.from({ length: count }, (_, index) => {
    const ref = own?.[index] ?? refOfToken(plainTokenOf(tokens[index]));
    if (ref) return ref;
    throw new FeatureError(
      'ERR_INJECT_PARAMETER_UNNAMED',
      `class ${target.name || '(anonymous)'} names no service for constructor parameter ${index + 1}`,
      { hint: `Put @Inject(…) with ${count} reference${count === 1 ? '' : 's'} on the class itself.` },
    );
  });
}

/**
 * The parameters that a subclass without a constructor of its own passes on. It has the length 0, so they would arrive
 * as `undefined`; a subclass whose own constructor takes nothing says so by `@Inject()`.
 */
function inheritedLength(target: InjectableClass): number {
  const parent: unknown = Object.getPrototypeOf(target);
  if (typeof parent !== 'function') return 0;
  return parent.length || inheritedLength(parent as InjectableClass);
}

/** What tsyringe's own `@inject(token)` recorded, when reflect-metadata is loaded. */
function tsyringeTokensOf(target: InjectableClass): Record<number, unknown> {
  const { getOwnMetadata } = Reflect as { getOwnMetadata?: (key: string, target: object) => unknown };
  return (getOwnMetadata?.(tsyringeTokens, target) ?? {}) as Record<number, unknown>;
}

/**
 * The token of tsyringe's `@inject(token)`. `@injectAll` and `@injectWithTransform` name none that stands for the
 * parameter's value: a list of services is one value here, taken by `@inject`.
 */
function plainTokenOf(recorded: unknown): unknown {
  if (typeof recorded !== 'object' || recorded === null) return recorded;
  const { token, multiple, transform } = recorded as {
    token?: unknown;
    multiple?: unknown;
    transform?: unknown;
  };
  return multiple === true || transform !== undefined ? undefined : token;
}

/** Whether a dependency is a class. @public */
export function isInjectableClass(dependency: unknown): dependency is InjectableClass {
  return typeof dependency === 'function';
}
