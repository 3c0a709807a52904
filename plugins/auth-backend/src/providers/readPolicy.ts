/** What applies to the logins of one block in config: profile transforms and resolvers, in their order, and the gates. */
import type { GateQuestions, ProviderDefinition } from '@vestibule/plugin-auth-node';
import type { AllowBlock } from '../config.ts';
import type { SignInPolicy } from '../policy/signInPolicy.ts';
import { nameOf } from './providerSummary.ts';
import type { ProviderBuildContext } from './buildProviders.ts';
import { throwProblems } from './configFaults.ts';
import { gateSettings } from './gateSettings.ts';

/** The policy, and what follows from its gates. */
export interface BlockPolicy {
  readonly policy: SignInPolicy;
  /** What the provider is asked for the gates. */
  readonly questions: GateQuestions;
  /** What the provider must be allowed to look up for that. */
  readonly scopes: readonly string[];
  /** The paths of the gates in config, for people. */
  readonly gates: readonly string[];
}

/** @throws ConfigError where a resolver or a gate that the block names cannot be. */
export function readPolicy(
  block: {
    providerId: string;
    type: string;
    environment?: string;
    definition: ProviderDefinition;
    /** Path of the block, which holds `signIn` and `allow`. */
    path: string;
    /** The block as the definition's schema reads it. */
    settings: unknown;
    signIn: { resolvers?: readonly { resolver: string }[] | undefined } | undefined;
    allow: AllowBlock | undefined;
  },
  building: ProviderBuildContext,
): BlockPolicy {
  const { providerId, type, environment, definition, path, settings, signIn, allow } = block;
  const { config, logger } = building;
  const { resolvers, problems, warnings } = building.resolvers.select({
    providerId,
    type,
    builtIn: definition.resolvers ?? {},
    claims: claimsOf(definition),
    fallback: definition.defaultResolver?.(settings),
    config,
    path,
    entries: signIn?.resolvers,
    allowAnyProviderResolvers: building.allowAnyProviderResolvers,
  });
  for (const warning of warnings) logger.warn(warning);
  // A request to a proxy-type provider is a sign-in, and proves its result and profile, and nothing besides.
  const oauth = definition.kind === 'oauth' ? definition : undefined;
  const { gates, questions, scopes, names, ...gate } = gateSettings({
    what: nameOf(providerId, environment),
    type,
    everywhere: building.allow,
    own: allow,
    path,
    isSignIn: !oauth || resolvers.length > 0,
    answers: oauth?.gates,
    config,
    logger,
  });
  throwProblems([...problems, ...gate.problems]);
  return {
    policy: {
      providerId,
      transforms: building.transforms.select(providerId, definition.profileTransform),
      gates,
      resolvers,
      ...(oauth?.claimsOf && { claimsOf: (result) => oauth.claimsOf?.(result) ?? {} }),
      ...(oauth?.identifyingClaims && { identifyingClaims: oauth.identifyingClaims }),
    },
    questions,
    scopes,
    gates: names,
  };
}

function claimsOf(definition: ProviderDefinition): 'none' | 'all' | readonly string[] {
  if (definition.kind !== 'oauth' || !definition.claimsOf) return 'none';
  return definition.identifyingClaims ?? 'all';
}
