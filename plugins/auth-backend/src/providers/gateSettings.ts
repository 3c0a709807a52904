/**
 * The gates of one provider as config has them: what its definition can prove of them, and what nobody could ever pass.
 */
import { configProblemAt, type ConfigProblem } from '@vestibule/backend-plugin-api';
import {
  type GateQuestions,
  normalizeIdentityRef,
  type OAuthProviderDefinition,
  type ProviderGate,
} from '@vestibule/plugin-auth-node';
import type { AllowBlock } from '../config.ts';
import { Gates } from '../policy/gates.ts';
import type { ProviderBuildContext } from './buildContext.ts';
import { joinScopes } from './scopes.ts';
import { nameOf, type NobodyAdmitted } from './signInProvider.ts';

/** The gates, and what follows from them. */
export interface GateSettings {
  readonly gates: Gates;
  /** Those of the gates' questions that the provider can answer. */
  readonly questions: GateQuestions;
  /** What the provider must be allowed to look up for that. */
  readonly scopes: readonly string[];
  /** Their paths in the config, for people. */
  readonly names: readonly string[];
  readonly problems: readonly ConfigProblem[];
  /** Where nobody could ever pass. */
  readonly nobody?: NobodyAdmitted;
}

/** A gate of the provider's own block that the provider cannot prove is a problem; one of `auth.allow` is a warning. */
export function gateSettings(
  { providerId, type, environment }: { providerId: string; type: string; environment?: string | undefined },
  options: {
    own: AllowBlock | undefined;
    /** Path of the block that holds the provider's own `allow`. */
    path: string;
    isSignIn: boolean;
    answers?: OAuthProviderDefinition['gates'] | undefined;
  },
  { allow: everywhere, config, logger }: Pick<ProviderBuildContext, 'allow' | 'config' | 'logger'>,
): GateSettings {
  const { own, path, isSignIn, answers = {} } = options;
  const isAnswered = (gate: ProviderGate) => Object.hasOwn(answers, gate);
  const problems = entriesBeyond(own, isAnswered).map(({ gate, entry }) => {
    return configProblemAt(config, `${path}.allow.${gate}`, {
      what: `asks for '${entry}', of which a provider of the type '${type}' tells nothing`,
      suggestion: `Known of this type: ${['domains', ...Object.keys(answers)].join(', ')}${referenceHint(gate)}.`,
    });
  });
  const beyond = isSignIn ? entriesBeyond(everywhere, isAnswered) : [];
  const closed = [...new Set(beyond.map((one) => one.gate))].filter(
    (gate) => beyond.filter((one) => one.gate === gate).length >= (everywhere?.[gate]?.length ?? 0),
  );
  for (const gate of closed) {
    logger.warn(
      `nobody can sign in with ${nameOf(providerId, environment)}: a provider of the type '${type}' tells nothing of what auth.allow.${gate} asks for`,
    );
  }
  const gates = new Gates({ everywhere, own, ownPath: path, isSignIn });
  const questions = Object.fromEntries(
    Object.entries(gates.questions).filter(([gate]) => isAnswered(gate as ProviderGate)),
  ) as GateQuestions;
  return {
    gates,
    questions,
    scopes: joinScopes(...Object.keys(questions).map((gate) => answers[gate as ProviderGate]?.scopes ?? [])),
    names: [...(isSignIn ? namesOf(everywhere, 'auth.allow') : []), ...namesOf(own, `${path}.allow`)],
    problems,
    ...(closed.length > 0 && {
      nobody: {
        why: `tells nothing of what ${closed.map((gate) => `auth.allow.${gate}`).join(' and ')} asks for`,
        nextStep: 'Move that gate into the blocks of the providers that can prove it.',
      },
    }),
  };
}

/** The entries that nobody can match: not answered by the provider, no reference, and for `users` no address. */
function entriesBeyond(
  block: AllowBlock | undefined,
  isAnswered: (gate: ProviderGate) => boolean,
): { gate: ProviderGate; entry: string }[] {
  return Object.entries(block ?? {}).flatMap(([key, entries]) => {
    const gate = key as ProviderGate | 'domains';
    if (gate === 'domains' || isAnswered(gate)) return [];
    return entries.filter((entry) => !isKnownOtherwise(gate, entry)).map((entry) => ({ gate, entry }));
  });
}

function isKnownOtherwise(gate: ProviderGate, entry: string): boolean {
  const mayBeReference = gate === 'users' || gate === 'groups';
  if (mayBeReference && normalizeIdentityRef(entry) !== undefined) return true;
  return gate === 'users' && entry.includes('@');
}

function referenceHint(gate: ProviderGate): string {
  return gate === 'users' || gate === 'groups' ? '; and references such as group:default/staff' : '';
}

function namesOf(block: AllowBlock | undefined, path: string): string[] {
  return Object.keys(block ?? {}).map((key) => `${path}.${key}`);
}
