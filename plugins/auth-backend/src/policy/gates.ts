/**
 * Gates: who may come in at all, whoever they are in the catalog. They run before the resolvers, and those that name
 * entities of the catalog once the identity is known, before it takes effect.
 *
 * Every gate must let a login in; of what one gate lists, one entry must fit. What a gate needs to know and nobody tells
 * counts as a no.
 */
import { asciiLowerCase } from '@vestibule/catalog-model';
import {
  type GateQuestions,
  normalizeDomain,
  normalizeIdentityRef,
  parseEmail,
  type ProfileInfo,
  type ProviderGate,
  RefusalError,
  type SignInCodeName,
  type UserTokenClaims,
} from '@vestibule/plugin-auth-node';
import type { AllowBlock } from '../config.ts';
import type { RecordDraft } from '../record/recordDraft.ts';
import { missingEmail, type Grant } from './grant.ts';

/** The gates of one provider: those of `auth.allow`, and its own. They judge the profile that the transforms left. */
export class Gates {
  /** What is to be asked of the provider, at the exchange and at each refresh. Entity references are not among it. */
  readonly questions: GateQuestions;
  private readonly gates: readonly Gate[];

  /**
   * @param options - `everywhere` is `auth.allow`; it counts where logins become identities (`isSignIn`). `own` is the
   *   provider's, found in config at `ownPath`, and counts always.
   */
  constructor(options: {
    everywhere: AllowBlock | undefined;
    own: AllowBlock | undefined;
    ownPath: string;
    isSignIn: boolean;
  }) {
    const { everywhere, own, ownPath, isSignIn } = options;
    this.gates = [...(isSignIn ? gatesOf(everywhere, 'auth') : []), ...gatesOf(own, ownPath)];
    this.questions = questionsOf(this.gates);
  }

  /**
   * Judges those that need no identity, each with a step in the decision.
   *
   * @throws RefusalError `ERR_GATE_…`, `ERR_PROFILE_NO_EMAIL`, `ERR_EMAIL_NOT_VERIFIED`, `ERR_PROFILE_EMAIL_INVALID`.
   */
  checkLogin(login: Grant, draft: RecordDraft): void {
    const judged = this.gates.map((gate) => ({ gate, refusal: judgeLogin(gate, login) }));
    conclude(
      draft,
      judged.filter(({ gate, refusal }) => !refusal || gate.refs.length === 0),
    );
  }

  /**
   * Judges those that name entities, and that the login alone did not pass. Without `claims`, those of the identity, they let
   * nobody in.
   *
   * @throws RefusalError `ERR_GATE_USER`, `ERR_GATE_GROUP`.
   */
  checkIdentity(login: Grant, claims: UserTokenClaims | undefined, draft: RecordDraft): void {
    const left = this.gates.filter((gate) => gate.refs.length > 0 && judgeLogin(gate, login));
    conclude(
      draft,
      left.map((gate) => ({ gate, refusal: judgeIdentity(gate, claims) })),
    );
  }
}

type GateKey = keyof AllowBlock;

interface Gate {
  key: GateKey;
  /** In the config. */
  path: string;
  /** As they stand in the config, without `refs`. */
  entries: readonly string[];
  /** Those that are references, in their one spelling. */
  refs: readonly string[];
}

const asItIs = (text: string): string => text;

/** In the order of judging: how each refuses, and what counts as the same. Subjects and groups are opaque; GitHub's names and domains know no letter case. */
const rules = {
  domains: { code: 'ERR_GATE_DOMAIN', spelling: normalizeDomain },
  users: { code: 'ERR_GATE_USER', spelling: asItIs },
  groups: { code: 'ERR_GATE_GROUP', spelling: asItIs },
  hostedDomains: { code: 'ERR_GATE_HOSTED_DOMAIN', spelling: normalizeDomain },
  githubOrganizations: { code: 'ERR_GATE_GITHUB_ORGANIZATION', spelling: asciiLowerCase },
  githubTeams: { code: 'ERR_GATE_GITHUB_TEAM', spelling: asciiLowerCase },
} as const satisfies Record<
  GateKey,
  { code: SignInCodeName; spelling: (text: string) => string | undefined }
>;

function gatesOf(block: AllowBlock | undefined, path: string): Gate[] {
  return (Object.keys(rules) as GateKey[]).flatMap((key) => {
    const listed = block?.[key];
    if (listed === undefined) return [];
    const mayNameEntities = key === 'users' || key === 'groups';
    const refOf = (entry: string) => (mayNameEntities ? normalizeIdentityRef(entry) : undefined);
    return [
      {
        key,
        path: `${path}.allow.${key}`,
        entries: listed.filter((entry) => refOf(entry) === undefined),
        refs: listed.map(refOf).filter((ref) => ref !== undefined),
      },
    ];
  });
}

function questionsOf(gates: readonly Gate[]): GateQuestions {
  const questions: Partial<Record<ProviderGate, string[]>> = {};
  for (const { key, entries } of gates) {
    if (key === 'domains' || entries.length === 0) continue;
    questions[key] = [...new Set([...(questions[key] ?? []), ...entries])];
  }
  return questions;
}

interface Refusal {
  code: SignInCodeName;
  hint: string;
  /** For the person, where it is more exact than that of the code. */
  sentence?: string;
  /** Why the gate could not be judged, for its step. */
  reason?: string;
}

/** Writes a step for each gate, then refuses for the first that said no: an operator sees all of them at once. */
function conclude(draft: RecordDraft, judged: readonly { gate: Gate; refusal: Refusal | undefined }[]): void {
  for (const { gate, refusal } of judged) {
    draft.gates.push({
      gate: gate.path,
      verdict: refusal ? 'deny' : 'pass',
      ...(refusal && { code: refusal.code, ...(refusal.reason !== undefined && { reason: refusal.reason }) }),
    });
  }
  const refusal = judged.find((one) => one.refusal)?.refusal;
  if (refusal) {
    const { code, reason: _reason, ...told } = refusal;
    throw new RefusalError(code, told);
  }
}

function judgeLogin(gate: Gate, login: Grant): Refusal | undefined {
  const { key, path, entries } = gate;
  if (key === 'domains') return judgeDomain(gate, login);
  const told = evidenceOf(login, key);
  if (told && fits(key, entries, told)) return undefined;
  if (key === 'users' && fitsEmail(entries, login.profile)) return undefined;
  const { code } = rules[key];
  const reason = login.unanswered && Object.hasOwn(login.unanswered, key) ? login.unanswered[key] : undefined;
  if (reason !== undefined) return { code, hint: `${path} could not be judged.`, reason };
  const hint = told
    ? `Nothing that the provider says of the login is listed in ${path}.`
    : `The provider says nothing of what ${path} asks for.`;
  return { code, hint };
}

function judgeDomain({ path, entries }: Gate, login: Grant): Refusal | undefined {
  const { email } = login.profile;
  const hint = `${path} needs an e-mail address that the provider vouches for.`;
  if (email === undefined) {
    const { hint: why, ...told } = missingEmail(login);
    return { ...told, hint: why === undefined ? hint : `${hint} ${why}` };
  }
  const domain = parseEmail(email)?.domain;
  if (domain === undefined) return { code: 'ERR_PROFILE_EMAIL_INVALID', hint };
  if (entries.some((entry) => normalizeDomain(entry) === domain)) return undefined;
  return { code: rules.domains.code, hint: `${path} does not list the domain '${domain}'.` };
}

function judgeIdentity({ key, path, refs }: Gate, claims: UserTokenClaims | undefined): Refusal | undefined {
  const { sub, ent = [] } = claims ?? {};
  const held = key === 'users' ? [sub] : ent;
  if (refs.some((ref) => held.includes(ref))) return undefined;
  const hint = claims
    ? `${path} lists neither the login nor the identity that came of it.`
    : `${path} names entities, and no identity came of the login.`;
  return { code: rules[key].code, hint };
}

/** It may come out of a session that another version wrote, or from a provider of the operator's own. */
function evidenceOf({ evidence }: Grant, key: ProviderGate): readonly string[] | undefined {
  const told: unknown = evidence && Object.hasOwn(evidence, key) ? evidence[key] : undefined;
  return Array.isArray(told) ? told.filter((one) => typeof one === 'string') : undefined;
}

function fits(key: ProviderGate, entries: readonly string[], told: readonly string[]): boolean {
  const { spelling } = rules[key];
  const known = new Set(told.map(spelling).filter((one) => one !== undefined));
  return entries.map(spelling).some((entry) => entry !== undefined && known.has(entry));
}

function fitsEmail(entries: readonly string[], { email }: ProfileInfo): boolean {
  const address = spellingOfEmail(email);
  return address !== undefined && entries.some((entry) => spellingOfEmail(entry) === address);
}

function spellingOfEmail(given: string | undefined): string | undefined {
  const email = parseEmail(given);
  return email && `${asciiLowerCase(email.localPart)}@${email.domain}`;
}
