/**
 * Gates: who may come in at all, whoever they are in the catalog. Config has them for every provider (`auth.allow`) and
 * for one (`auth.providers.<id>.<env>.allow`). What a gate needs to know of a login beyond its profile, it asks of the
 * provider: a question at the exchange and at each refresh, and an answer that rests with the session.
 */

/** A gate that asks the provider something. `domains`, which looks at the e-mail address, asks nothing. @public */
export type ProviderGate = 'users' | 'groups' | 'hostedDomains' | 'githubOrganizations' | 'githubTeams';

/** By gate, what config lists, for example `{ githubTeams: ['acme/platform'] }`. @public */
export type GateQuestions = Readonly<Partial<Record<ProviderGate, readonly string[]>>>;

/**
 * By gate, what the provider says of the login, for example `{ users: ['583231'], githubTeams: [] }`; a question that is
 * missing counts as a no. For `users` the names by which it knows the person (never one that
 * another person could take over), for `groups` the groups of its claims, for the others what their names say. More than
 * was asked for does no harm; the comparison is not the provider's.
 *
 * @public
 */
export type GateEvidence = Readonly<Partial<Record<ProviderGate, readonly string[]>>>;

/**
 * By gate, why the provider's documents do not answer its question, or not wholly: a sentence for the operator.
 *
 * @public
 */
export type UnansweredGates = Readonly<Partial<Record<ProviderGate, string>>>;
