/** This room by itself: a real judge over a catalog in memory, and tokens that only say who they are for. */
import { deadlineOf } from '@vestibule/backend-plugin-api';
import type {
  AuthOwnershipResolver,
  ProfileTransform,
  SignInCodeName,
  SignInResolver,
} from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { AllowBlock, EphemeralSettings, OwnershipSettings } from '../../config.ts';
import { emptyDraft, type RecordDraft } from '../../record/recordDraft.ts';
import { createMemoryCatalog } from '../../testing/memoryCatalog.ts';
import { Gates } from '../gates.ts';
import type { Grant } from '../grant.ts';
import { Policy } from '../evaluateSignIn.ts';
import type { SignInOutcome, SignInPolicy } from '../signInPolicy.ts';

/** A record to write into. */
export function decisionOfTest(): RecordDraft {
  return emptyDraft({ reference: 'x', event: 'sign-in', provider: 'test' });
}

/** What applies; the resolvers are named `r0`, `r1`, the transforms `t0`, `t1`. */
export interface Rules {
  transforms?: readonly ProfileTransform<never>[];
  resolvers?: readonly SignInResolver[];
  /** `auth.allow`. */
  everywhere?: AllowBlock;
  /** The provider's own `allow`. */
  own?: AllowBlock;
  providerId?: string;
  claimsOf?: SignInPolicy['claimsOf'];
  signal?: AbortSignal;
}

/** What a login came to. */
export interface Judged {
  draft: RecordDraft;
  outcome?: SignInOutcome;
  /** The refusal. */
  error?: Error & { code?: SignInCodeName; hint?: string };
  code?: string;
  sub?: string;
  ent?: readonly string[];
}

/** The rules as they apply. */
export function policyOfTest(rules: Rules): SignInPolicy {
  const { transforms = [], resolvers = [], everywhere, own, providerId = 'test', claimsOf } = rules;
  return {
    providerId,
    transforms: transforms.map((transform, index) => ({
      name: `t${index}`,
      source: 'module',
      transform: transform as ProfileTransform,
    })),
    gates: new Gates({
      everywhere,
      own,
      ownPath: 'auth.providers.test.development',
      isSignIn: resolvers.length > 0,
    }),
    resolvers: resolvers.map((resolver, index) => ({ name: `r${index}`, source: 'config', resolver })),
    ...(claimsOf && { claimsOf }),
  };
}

export function createJudging(
  options: {
    catalog?: CatalogService;
    ownership?: Partial<OwnershipSettings>;
    ownershipResolver?: AuthOwnershipResolver;
    onMissing?: 'deny' | 'ephemeral';
    ephemeral?: EphemeralSettings;
    /** What the token service gives beyond its contract. */
    toldBesides?: object;
  } = {},
) {
  const { catalog = createMemoryCatalog(), onMissing, ephemeral } = options;
  const auth = { getOwnServiceCredentials: async () => Promise.resolve({}) } as never;
  let issued = 0;
  const warnings: string[] = [];
  const judge = new Policy({
    settings: {
      ownership: { mode: 'direct', maxDepth: 10, ...options.ownership },
      signIn: { onMissing, ephemeral },
    },
    tokens: {
      issue: async ({ sub }) =>
        Promise.resolve({
          token: `token ${(issued += 1)} of ${sub}`,
          expiresAtEpochSeconds: 0,
          ...options.toldBesides,
        }),
      verify: async () => Promise.resolve(undefined),
    },
    catalog,
    auth,
    logger: { warn: (message) => void warnings.push(message) },
  });
  judge.resolveOwnershipBy(options.ownershipResolver);

  return {
    contexts: judge.contexts,
    /** What was said to the log, for each provider once. */
    warnings,

    async evaluate(login: Partial<Grant>, rules: Rules = {}): Promise<Judged> {
      const draft = decisionOfTest();
      const policy = policyOfTest(rules);
      try {
        const outcome = await judge.evaluate({
          login: { profile: {}, result: {}, ...login },
          policy,
          draft,
          budget: deadlineOf(rules.signal ?? new AbortController().signal),
        });
        const { sub, ent } = outcome.issued?.claims ?? {};
        return { draft, outcome, ...(sub !== undefined && { sub }), ...(ent && { ent }) };
      } catch (error) {
        const { code } = error as Judged['error'] & object;
        return { draft, error: error as Error, ...(code !== undefined && { code }) };
      }
    },
  };
}

/** A resolver that signs in as the given reference, without asking anybody. */
export function signInAs(sub: string, ent?: string[]): SignInResolver {
  return async (_, context) => context.issueToken({ claims: { sub, ...(ent && { ent }) } });
}

/** A resolver that knows nobody. */
export const passing: SignInResolver = (_, context) => context.pass();
