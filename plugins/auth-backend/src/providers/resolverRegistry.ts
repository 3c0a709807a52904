/** Which sign-in resolvers there are, and which of them run for a provider. */
import {
  ConflictError,
  checkConfig,
  configProblemAt,
  isObject,
  nearestName,
  type Config,
  type ConfigProblem,
  type ConfigSchema,
} from '@vestibule/backend-plugin-api';
import {
  adoptedSignInResolvers,
  commonSignInResolvers,
  insteadOfResolver,
  isSignInResolverFactory,
  signInResolverExtensionPoint,
  type SignInResolver,
  type SignInResolverExtensionPoint,
  type SignInResolverFactory,
} from '@vestibule/plugin-auth-node';
import type { z } from 'zod';
import { resolverEntrySchema } from '../config.ts';
import type { NamedResolver } from '../policy/signInPolicy.ts';
import { checkAdded, isNameTaken, namesAddedFor, displayName, unusedWarnings } from './addedNames.ts';

type AddedResolver = Parameters<SignInResolverExtensionPoint['add']>[0];

/** The registry behind the extension point. */
export interface ResolverRegistry extends SignInResolverExtensionPoint {
  /** The names of those that modules added for a provider. */
  addedFor(providerId: string): string[];
  /** The names of those that config of an instance can name: added for it, for its type, or for any provider. */
  namesFor(providerId: string, type: string): string[];
  /** Warnings of those added for a provider that is not among the `known`. */
  unused(known: readonly string[]): string[];
  /** The resolvers that run for a provider, in order, and what is wrong with those that config names. */
  select(options: Selection): { resolvers: NamedResolver[]; problems: ConfigProblem[]; warnings: string[] };
}

/** For whom to select. */
interface Selection {
  providerId: string;
  /** Config of an instance can also name those that modules added for its type. */
  type: string;
  /** The provider's own, which config can name. */
  builtIn: Readonly<Record<string, SignInResolverFactory<never>>>;
  /** The claims that the provider tells of whoever signs in. */
  claims: 'none' | 'all' | readonly string[];
  /** Used where neither config nor a module names one. */
  fallback?: SignInResolver<never> | undefined;
  config: Config;
  /** Path of the block that holds `signIn`. */
  path: string;
  entries: readonly ResolverEntry[] | undefined;
  allowAnyProviderResolvers: boolean;
}

type ResolverEntry = z.infer<typeof resolverEntrySchema>;
type Resolvers = Readonly<Record<string, AddedResolver['resolver']>>;

export function createResolverRegistry(): ResolverRegistry {
  const added: AddedResolver[] = [];
  const addedTo = (provider: string) => added.filter((one) => one.provider === provider);

  return {
    add(given) {
      checkAdded('sign-in resolver', given, isRunnable(given?.resolver) ? undefined : notRunnable);
      const { provider, name } = given;
      if (isNameTaken(added, given))
        throw nameTaken(`a sign-in resolver named '${name}' was already added for ${displayName(provider)}`);
      added.push(given);
    },

    addedFor: (providerId) => namesAddedFor(added, providerId),

    namesFor: (providerId, type) =>
      added.filter(({ provider }) => [providerId, type, '*'].includes(provider)).map(({ name }) => name),

    unused: (known) => unusedWarnings('sign-in resolver', added, known),

    select(options) {
      const { providerId, type, builtIn, claims, fallback, entries } = options;
      const [own, any] = [addedTo(providerId), addedTo('*')];
      // Only by name: what was written for one issuer must not run unasked for another.
      const ofType = type === providerId ? [] : addedTo(type);
      const factories: Resolvers = { ...commonSignInResolvers, ...builtIn };
      checkNames({ providerId, type, own, ofType, any, factories });
      if (!entries) {
        const modules = options.allowAnyProviderResolvers ? [...own, ...any] : own;
        const resolvers = modules.map(({ name, resolver }) => named(name, 'module', make(resolver)));
        const isLeftToProvider = resolvers.length === 0 && fallback;
        return {
          resolvers: isLeftToProvider ? [named('default', 'provider', fallback)] : resolvers,
          problems: [],
          warnings: [],
        };
      }
      const known: Resolvers = {
        ...(claims !== 'none' && adoptedSignInResolvers),
        ...factories,
        ...Object.fromEntries([...own, ...ofType, ...any].map(({ name, resolver }) => [name, resolver])),
      };
      const read = entries.map((entry, index) =>
        readEntry(entry, { ...options, known, at: `${options.path}.signIn.resolvers[${index}]` }),
      );
      return {
        resolvers: read.flatMap(({ resolver }) => resolver ?? []),
        problems: read.flatMap(({ problems = [] }) => problems),
        warnings: read.flatMap(({ warning }) => warning ?? []),
      };
    },
  };
}

/** @throws `ERR_RESOLVER_NAME_TAKEN` where a name that config can write means two resolvers. */
function checkNames(options: {
  providerId: string;
  type: string;
  own: readonly AddedResolver[];
  ofType: readonly AddedResolver[];
  any: readonly AddedResolver[];
  factories: Resolvers;
}): void {
  const { providerId, type, own, ofType, any, factories } = options;
  const twice = ofType.find(({ name }) => own.some((other) => other.name === name));
  if (twice)
    throw nameTaken(
      `sign-in resolvers named '${twice.name}' were added for '${providerId}' and for its type '${type}'`,
    );
  const taken = [...own, ...ofType, ...any].find(({ name }) => Object.hasOwn(factories, name));
  if (taken)
    throw nameTaken(
      `a module adds a sign-in resolver named '${taken.name}', but provider '${providerId}' has one of that name`,
    );
}

function nameTaken(message: string): ConflictError {
  return new ConflictError('ERR_RESOLVER_NAME_TAKEN', message);
}

/** One entry of `signIn.resolvers`, which stands at `at`. */
function readEntry(
  { resolver: name, ...options }: ResolverEntry,
  where: Pick<Selection, 'providerId' | 'claims' | 'config'> & { known: Resolvers; at: string },
): { resolver?: NamedResolver; warning?: string | undefined; problems?: readonly ConfigProblem[] } {
  const { providerId, claims, config, known, at } = where;
  const resolver = Object.hasOwn(known, name) ? known[name] : undefined;
  if (!resolver) {
    const near = nearestName(name, Object.keys(known));
    const advice = insteadOfResolver.get(name) ?? (near === undefined ? [] : `Did you mean '${near}'?`);
    const unknown = configProblemAt(config, `${at}.resolver`, {
      what: `names '${name}', which is no sign-in resolver of '${providerId}'`,
      suggestion: [advice, `There are: ${Object.keys(known).join(', ')}.`].flat().join(' '),
    });
    // A module may add it.
    return { problems: [{ ...unknown, isProvisional: true, mendableBy: signInResolverExtensionPoint.id }] };
  }
  const factory = isSignInResolverFactory(resolver) ? resolver : undefined;
  const owner = `sign-in resolver '${name}'`;
  const schemas = [
    resolverEntrySchema,
    ...(factory?.optionsSchema ? [besideName(factory.optionsSchema)] : []),
  ];
  const { problems } = checkConfig({
    config,
    path: at,
    schemas: schemas.map((schema) => ({ schema, owner })),
  });
  if (problems.length > 0) return { problems };
  const claim = factory?.claimOf?.(options);
  // It would never know anybody, or by what people say of themselves.
  if (claim !== undefined && claims !== 'all' && (claims === 'none' || !claims.includes(claim))) {
    const what = `names '${name}', which reads the claim '${claim}': '${providerId}' does not tell it`;
    const suggestion =
      claims === 'none' ? 'It tells no claims: name another resolver.' : `It tells ${claims.join(', ')}.`;
    return { problems: [configProblemAt(config, `${at}.resolver`, { what, suggestion })] };
  }
  const warning = factory?.startWarning?.(options);
  const looksUp = factory?.looksUp?.(options);
  return {
    resolver: { ...named(name, 'config', make(resolver, options)), ...(looksUp && { looksUp }) },
    warning: warning && `${at}: ${warning}`,
  };
}

const notRunnable =
  "'resolver' is no function, no factory and no object with resolve(); of a class, give an instance";

function isRunnable(resolver: unknown): boolean {
  if (typeof resolver === 'function') return !/^class\b/.test(Function.prototype.toString.call(resolver));
  return typeof (resolver as { resolve?: unknown } | null | undefined)?.resolve === 'function';
}

function named(
  name: string,
  source: NamedResolver['source'],
  resolver: SignInResolver<never>,
): NamedResolver {
  // Each resolver is only ever given results of the provider for which it was added.
  return { name, source, resolver: resolver as SignInResolver };
}

function make(resolver: AddedResolver['resolver'], options?: object): SignInResolver<never> {
  if (isSignInResolverFactory(resolver)) return resolver(options);
  if (typeof resolver === 'function') return resolver as SignInResolver<never>;
  return (info, context) => resolver.resolve(info, context);
}

/** The options stand beside the resolver's name, which their schema need not know. */
function besideName(schema: ConfigSchema): ConfigSchema {
  const { validate, ...standard } = schema['~standard'];
  const withoutName = ({ resolver: _, ...options }: Record<string, unknown>) => options;
  return {
    '~standard': {
      ...standard,
      validate: (value) => validate(isObject(value) ? withoutName(value) : value),
    },
  };
}
