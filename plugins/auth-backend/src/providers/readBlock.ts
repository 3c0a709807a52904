/**
 * Reads what config says of a provider of ours: the whole block of one that is not divided by environment, or that of one
 * environment. Its keys, who may sign in and by which resolvers, and what production refuses.
 */
import {
  CodedError,
  ConfigError,
  asObject,
  checkConfig,
  configProblemAt,
  convertTexts,
  readConfig,
  type CheckConfigOptions,
  type Config,
  type OwnedConfigSchema,
} from '@vestibule/backend-plugin-api';
import type { GateQuestions, ProviderDefinition } from '@vestibule/plugin-auth-node';
import type { z } from 'zod';
import { authConfigSchema, proxySettingsSchema, resolverOptionsSchema } from '../config.ts';
import type { SignInPolicy } from '../policy/signInPolicy.ts';
import { clientSecretProblems } from '../secrets/secretProblems.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { throwProblems } from './configFaults.ts';
import { gateSettings } from './gateSettings.ts';
import { providerSummary } from './providerSummary.ts';
import type { NobodyAdmitted } from './signInProvider.ts';

/** A provider of ours, as config names it. */
export interface ProviderBlock<TDefinition extends ProviderDefinition = ProviderDefinition> {
  readonly providerId: string;
  readonly type: string;
  readonly definition: TDefinition;
  /** Absent where the block is not divided. */
  readonly environment?: string;
}

/** What such a block says. */
export interface BlockSettings<TCommon> {
  /** Of the block, for example `auth.providers.acme.production`. */
  readonly path: string;
  /** The keys that every provider of its kind has. */
  readonly common: TCommon;
  /** Its own, as the definition's schema reads them. */
  readonly settings: unknown;
  readonly policy: SignInPolicy;
  readonly questions: GateQuestions;
  /** What the provider must be allowed to look up for the gates. */
  readonly scopes: readonly string[];
  /** Makes the provider. What it throws is a fault of the block. */
  create<T>(make: () => T): T;
  /** Where its gates let nobody in. */
  readonly nobody?: NobodyAdmitted;
  /** Tells what is there, once nothing is wrong with it. */
  announce(
    more?: Pick<
      Parameters<typeof providerSummary>[1],
      'callbackUrl' | 'returnUrl' | 'logoutTokenUrl' | 'admits' | 'nobody'
    >,
  ): void;
}

/** What a block of a provider is checked against. `elsewhere`: keys that are ours, and stand in the block by mistake. */
export function schemasOf(
  { providerId, definition }: Pick<ProviderBlock, 'providerId' | 'definition'>,
  common: z.ZodType,
): Required<Pick<CheckConfigOptions, 'schemas' | 'elsewhere'>> {
  const owner = `provider '${providerId}'`;
  return {
    schemas: [
      { schema: common, owner },
      { schema: definition.configSchema, owner },
    ],
    elsewhere: keysElsewhere(definition),
  };
}

/** The keys of sign-in that are ours beside those of one block. */
export function keysElsewhere(definition?: ProviderDefinition): OwnedConfigSchema[] {
  const owner = "plugin 'auth'";
  return [
    { schema: authConfigSchema, owner },
    ...(definition?.resolvers ? [{ schema: resolverOptionsSchema(definition.resolvers), owner }] : []),
  ];
}

/** @throws ConfigError with the faults of the block. */
export function readBlock<TSchema extends z.ZodType<z.infer<typeof proxySettingsSchema>>>(
  block: ProviderBlock & { schema: TSchema },
  building: ProviderBuildContext,
): BlockSettings<z.infer<TSchema>> {
  const { providerId, type, definition, environment, schema } = block;
  const { config, logger, runtimeMode } = building;
  const keys = ['auth', 'providers', providerId, ...(environment === undefined ? [] : [environment])];
  const path = keys.join('.');
  const owner = `provider '${providerId}'`;
  const checked = checkConfig({ config, path, ...schemasOf(block, schema) });
  for (const warning of checked.warnings) building.warn(warning);
  const faults = [
    ...checked.problems,
    ...(runtimeMode.isProduction ? clientSecretProblems(config, keys, config.getOptional(path)) : []),
  ];
  // What can be read of a block with faults is judged beside them, so that nobody meets it at the next start.
  const isSound = checked.problems.length === 0;
  const common = isSound ? (readConfig({ config, path, schema, owner }) as z.infer<TSchema>) : undefined;
  const settings = isSound ? readConfig({ config, path, schema: definition.configSchema, owner }) : undefined;
  const { signIn, allow } = common ?? readableParts(config, path);

  const { resolvers, ...found } = building.resolvers.select({
    providerId,
    type,
    builtIn: definition.resolvers ?? {},
    claims: claimsOf(definition),
    fallback: isSound ? definition.defaultResolver?.(settings) : undefined,
    config,
    path,
    entries: signIn?.resolvers,
    allowAnyProviderResolvers: building.allowAnyProviderResolvers,
  });
  for (const warning of found.warnings) logger.warn(warning);
  // A request to a proxy-type provider is a sign-in, and proves its result and profile, and nothing besides.
  const oauth = definition.kind === 'oauth' ? definition : undefined;
  const isSignIn = !oauth || resolvers.length > 0;
  const { gates, questions, scopes, names, problems, nobody } = gateSettings(
    block,
    { own: allow, path, isSignIn, answers: oauth?.gates },
    building,
  );
  if (!common) throw new ConfigError([...faults, ...found.problems, ...problems]);
  throwProblems([...faults, ...found.problems, ...problems]);
  const policy: SignInPolicy = {
    providerId,
    transforms: building.transforms.select(providerId, definition.profileTransform),
    gates,
    resolvers,
    ...(oauth?.claimsOf && { claimsOf: (result) => oauth.claimsOf?.(result) ?? {} }),
    ...(oauth?.identifyingClaims && { identifyingClaims: oauth.identifyingClaims }),
  };
  return {
    path,
    common,
    settings,
    policy,
    questions,
    scopes,
    create: (make) => createFromBlock(path, config, make),
    ...(nobody && { nobody }),
    announce: (more) =>
      building.tell(
        providerSummary(building.catalog, {
          ...policy,
          type,
          gates: names,
          ...(environment !== undefined && { environment }),
          ...(nobody && { nobody }),
          ...more,
        }),
      ),
  };
}

/** Of a block that its schemas refuse. */
function readableParts(config: Config, path: string): z.infer<typeof proxySettingsSchema> {
  const given = asObject(config.getOptional(path));
  const { shape } = proxySettingsSchema;
  const signIn = shape.signIn.safeParse(convertTexts(given.signIn, shape.signIn)).data;
  const allow = shape.allow.safeParse(convertTexts(given.allow, shape.allow)).data;
  return { ...(signIn && { signIn }), ...(allow && { allow }) };
}

function claimsOf(definition: ProviderDefinition): 'none' | 'all' | readonly string[] {
  if (definition.kind !== 'oauth' || !definition.claimsOf) return 'none';
  return definition.identifyingClaims ?? 'all';
}

/** A provider that cannot be made from its settings has a fault in its block. */
export function createFromBlock<T>(path: string, config: Config, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    const suggestion = error instanceof CodedError ? error.hint : undefined;
    const problem = configProblemAt(config, path, { message: `${path}: ${reason}`, suggestion });
    throw new ConfigError([problem], { cause: error });
  }
}

// Browsers keep no cookie for longer (RFC 6265bis section 5.5).
const longestMilliseconds = 400 * 86_400_000;

/** @param sessionDuration - As in config, in milliseconds; without it, the longest that a browser keeps a cookie. */
export function sessionLength(sessionDuration: number | undefined): number {
  return Math.min(sessionDuration ?? longestMilliseconds, longestMilliseconds);
}
