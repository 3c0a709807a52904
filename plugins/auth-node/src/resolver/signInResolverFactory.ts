/** Resolvers with options, which config can name. */
import { InputError, convertTexts, type ConfigSchema } from '@vestibule/backend-plugin-api';
import type { SignInResolver } from './signInResolver.ts';

const factoryType = '@vestibule/SignInResolverFactory';

/** Makes a resolver from options. Call it in code, or name it under `signIn.resolvers` in config. @public */
export interface SignInResolverFactory<TResult = unknown> {
  /** @throws InputError `ERR_RESOLVER_OPTIONS_INVALID` with every problem. */
  (options?: object): SignInResolver<TResult>;
  readonly $$type: '@vestibule/SignInResolverFactory';
  /** Describes the options; absent where there are none. */
  readonly optionsSchema?: ConfigSchema;
  /** What is unsafe about this choice of options, printed at every start; `undefined` where nothing is. */
  startWarning?(options?: object): string | undefined;
  /** The claim that it reads from `info.claims`. A provider that does not tell it is a fault of the config. */
  claimOf?(options?: object): string;
  /**
   * What the catalog is asked for, for the summary of who can sign in: `spec.profile.email`. Where it is absent, nobody knows
   * whether it asks the catalog.
   */
  looksUp?(options?: object): string;
}

/**
 * Creates a resolver factory.
 *
 * @example
 * ```ts
 * export const acmeResolver = createSignInResolverFactory({
 *   optionsSchema: z.object({ domain: z.string() }),
 *   create: ({ domain }) => async (info, ctx) => …,
 * });
 * ```
 * @public
 */
export function createSignInResolverFactory<TResult = unknown, TOptions = undefined>(options: {
  /** Describes the options. Without it there are none, and `create` is given `undefined`. */
  optionsSchema?: ConfigSchema<TOptions>;
  create(options: TOptions): SignInResolver<TResult>;
  /** See {@link SignInResolverFactory.startWarning}. */
  startWarning?(options: TOptions): string | undefined;
  /** See {@link SignInResolverFactory.claimOf}. */
  claimOf?(options: TOptions): string;
  /** See {@link SignInResolverFactory.looksUp}. */
  looksUp?(options: TOptions): string;
}): SignInResolverFactory<TResult> {
  const { optionsSchema, create, startWarning, claimOf, looksUp } = options;
  const factory = (given?: object): SignInResolver<TResult> => create(checked(optionsSchema, given));
  return Object.assign(factory, {
    $$type: factoryType,
    ...(optionsSchema && { optionsSchema }),
    ...(claimOf && { claimOf: (given?: object) => claimOf(checked(optionsSchema, given)) }),
    ...(looksUp && { looksUp: (given?: object) => looksUp(checked(optionsSchema, given)) }),
    ...(startWarning && { startWarning: (given?: object) => startWarning(checked(optionsSchema, given)) }),
  } as const);
}

/** Whether a value is a resolver factory. @public */
export function isSignInResolverFactory(value: unknown): value is SignInResolverFactory {
  return typeof value === 'function' && '$$type' in value && value.$$type === factoryType;
}

function checked<TOptions>(schema: ConfigSchema<TOptions> | undefined, given: object | undefined): TOptions {
  if (!schema) {
    // Without a schema TOptions is undefined.
    if (given === undefined || Object.keys(given).length === 0) return undefined as TOptions;
    throw new InputError('ERR_RESOLVER_OPTIONS_INVALID', 'this sign-in resolver does not accept options');
  }
  const result = schema['~standard'].validate(convertTexts(given ?? {}, schema));
  if (result instanceof Promise) {
    throw new InputError(
      'ERR_RESOLVER_OPTIONS_INVALID',
      'the schema of these resolver options is asynchronous',
    );
  }
  if (!result.issues) return result.value;
  const problems = result.issues.map(({ path = [], message }) => {
    const keys = path.map((part) => String(typeof part === 'object' ? part.key : part));
    return keys.length > 0 ? `${keys.join('.')}: ${message}` : message;
  });
  throw new InputError(
    'ERR_RESOLVER_OPTIONS_INVALID',
    `invalid sign-in resolver options: ${problems.join('; ')}`,
  );
}
