/** Which sign-in resolvers there are, and which of them run for a provider. */
import {
  ConflictError,
  checkConfig,
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
  type SignInResolver,
  type SignInResolverExtensionPoint,
  type SignInResolverFactory,
} from '@vestibule/plugin-auth-node';
import { resolverEntrySchema } from '../config.ts';
import type { NamedResolver } from '../policy/resolveIdentity.ts';
import { checkAdded, isNameTaken, namesAddedFor, displayName, unusedWarnings } from './addedNames.ts';
import { locationOf } from './configFaults.ts';

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
  select(options: {
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
    entries: readonly { resolver: string }[] | undefined;
    allowAnyProviderResolvers: boolean;
  }): { resolvers: NamedResolver[]; problems: ConfigProblem[]; warnings: string[] };
}

export function createResolverRegistry(): ResolverRegistry {
  const added: AddedResolver[] = [];

  return {
    add(given) {
      checkAdded('sign-in resolver', given, isRunnable(given?.resolver) ? undefined : notRunnable);
      const { provider, name } = given;
      if (isNameTaken(added, given)) {
        throw new ConflictError(
          'ERR_RESOLVER_NAME_TAKEN',
          `a sign-in resolver named '${name}' was already added for ${displayName(provider)}`,
        );
      }
      added.push(given);
    },

    addedFor: (providerId) => namesAddedFor(added, providerId),

    namesFor: (providerId, type) =>
      added.filter(({ provider }) => [providerId, type, '*'].includes(provider)).map(({ name }) => name),

    unused: (known) => unusedWarnings('sign-in resolver', added, known),

    select({
      providerId,
      type,
      builtIn,
      claims,
      fallback,
      config,
      path,
      entries,
      allowAnyProviderResolvers,
    }) {
      const own = added.filter(({ provider }) => provider === providerId);
      const any = added.filter(({ provider }) => provider === '*');
      // Only by name: what was written for one issuer must not run unasked for another.
      const ofType = type === providerId ? [] : added.filter(({ provider }) => provider === type);
      const taken = ofType.find(({ name }) => own.some((other) => other.name === name));
      if (taken) {
        throw new ConflictError(
          'ERR_RESOLVER_NAME_TAKEN',
          `sign-in resolvers named '${taken.name}' were added for '${providerId}' and for its type '${type}'`,
        );
      }
      const factories: Readonly<Record<string, SignInResolverFactory<never>>> = {
        ...commonSignInResolvers,
        ...builtIn,
      };
      const problems: ConfigProblem[] = [];
      for (const { name } of [...own, ...ofType, ...any]) {
        if (Object.hasOwn(factories, name)) {
          throw new ConflictError(
            'ERR_RESOLVER_NAME_TAKEN',
            `a module adds a sign-in resolver named '${name}', but provider '${providerId}' has one of that name`,
          );
        }
      }
      if (!entries) {
        const modules = allowAnyProviderResolvers ? [...own, ...any] : own;
        const resolvers = modules.map(({ name, resolver }) =>
          named(name, 'module', make(resolver, undefined)),
        );
        const isLeftToProvider = resolvers.length === 0 && fallback;
        return {
          resolvers: isLeftToProvider ? [named('default', 'provider', fallback)] : resolvers,
          problems,
          warnings: [],
        };
      }
      const known: Record<string, AddedResolver['resolver']> = {
        ...(claims !== 'none' && adoptedSignInResolvers),
        ...factories,
        ...Object.fromEntries([...own, ...ofType, ...any].map(({ name, resolver }) => [name, resolver])),
      };
      const resolvers: NamedResolver[] = [];
      const warnings: string[] = [];
      entries.forEach(({ resolver: name, ...options }, index) => {
        const at = `${path}.signIn.resolvers[${index}]`;
        const resolver = Object.hasOwn(known, name) ? known[name] : undefined;
        if (!resolver) {
          const near = nearestName(name, Object.keys(known));
          const instead = insteadOfResolver.get(name);
          const advice = instead ?? (near === undefined ? undefined : `Did you mean '${near}'?`);
          problems.push({
            code: 'ERR_CONFIG_VALUE_INVALID',
            path: `${at}.resolver`,
            message: `${at}.resolver names '${name}', which is no sign-in resolver of '${providerId}'`,
            // A module may add it.
            isProvisional: true,
            suggestion: `${advice === undefined ? '' : `${advice} `}There are: ${Object.keys(known).join(', ')}.`,
            ...locationOf(config, [...path.split('.'), 'signIn', 'resolvers', index, 'resolver']),
          });
          return;
        }
        const schema = isSignInResolverFactory(resolver) ? resolver.optionsSchema : undefined;
        const owner = `sign-in resolver '${name}'`;
        const found = checkConfig({
          config,
          path: at,
          schemas: [
            { schema: resolverEntrySchema, owner },
            ...(schema ? [{ schema: besideName(schema), owner }] : []),
          ],
        });
        problems.push(...found.problems);
        if (found.problems.length > 0) return;
        const claim = isSignInResolverFactory(resolver) ? resolver.claimOf?.(options) : undefined;
        if (claim !== undefined && claims !== 'all' && !claims.includes(claim)) {
          problems.push(
            untoldClaim({
              at,
              name,
              claim,
              claims,
              providerId,
              location: locationOf(config, [...path.split('.'), 'signIn', 'resolvers', index, 'resolver']),
            }),
          );
          return;
        }
        resolvers.push(named(name, 'config', make(resolver, options)));
        const warning = isSignInResolverFactory(resolver) && resolver.startWarning?.(options);
        if (warning) warnings.push(`${at}: ${warning}`);
      });
      return { resolvers, problems, warnings };
    },
  };
}

/** A resolver that would never know anybody, or by what people say of themselves. */
function untoldClaim(options: {
  at: string;
  name: string;
  claim: string;
  claims: 'none' | readonly string[];
  providerId: string;
  location: ReturnType<typeof locationOf>;
}): ConfigProblem {
  const { at, name, claim, claims, providerId, location } = options;
  return {
    code: 'ERR_CONFIG_VALUE_INVALID',
    path: `${at}.resolver`,
    message: `${at}.resolver names '${name}', which reads the claim '${claim}': '${providerId}' does not tell it`,
    suggestion:
      claims === 'none' ? 'It tells no claims: name another resolver.' : `It tells ${claims.join(', ')}.`,
    ...location,
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

function make(resolver: AddedResolver['resolver'], options: object | undefined): SignInResolver<never> {
  if (isSignInResolverFactory(resolver)) return resolver(options);
  if (typeof resolver === 'function') return resolver as SignInResolver<never>;
  return (info, context) => resolver.resolve(info, context);
}

/** The options stand beside the resolver's name, which its schema need not know. */
function besideName(schema: ConfigSchema): ConfigSchema {
  const { jsonSchema, validate, ...standard } = schema['~standard'];
  return {
    '~standard': {
      ...standard,
      validate(value) {
        if (typeof value !== 'object' || value === null) return validate(value);
        return validate(Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'resolver')));
      },
      ...(jsonSchema && {
        jsonSchema: {
          input(options) {
            const described = jsonSchema.input(options);
            const properties = described['properties'] as Record<string, unknown> | undefined;
            return { ...described, properties: { ...properties, resolver: { type: 'string' } } };
          },
        },
      }),
    },
  };
}
