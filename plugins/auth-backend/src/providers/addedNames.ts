/** What modules add under a name, for one provider or with `'*'` for any: resolvers and profile transforms. */
import { nearestName } from '@vestibule/backend-plugin-api';

interface Added {
  readonly provider: string;
  readonly name: string;
}

/**
 * What a compiler would refuse: without it, a module in plain JavaScript learns of it when somebody signs in, or never.
 *
 * @param fault - What else is wrong with it.
 * @throws TypeError, which the start names the module with.
 */
export function checkAdded(what: string, given: Added, fault?: string): void {
  const { provider, name } = (given ?? {}) as Partial<Record<keyof Added, unknown>>;
  const missing = Object.entries({ provider, name }).find(
    ([, text]) => typeof text !== 'string' || text === '',
  );
  if (missing) throw new TypeError(`a ${what} cannot be added: '${missing[0]}' is missing`);
  if (fault) throw new TypeError(`${what} '${name as string}' cannot be added: ${fault}`);
}

/** Whether one of these has the name for a provider for which the other would have it too. */
export function isNameTaken(added: readonly Added[], { provider, name }: Added): boolean {
  return added.some(
    (other) =>
      other.name === name && (other.provider === provider || [other.provider, provider].includes('*')),
  );
}

/** For whom a name is taken, as people are told. */
export function displayName(provider: string): string {
  return provider === '*' ? 'some provider' : `'${provider}'`;
}

/** The names of those added for this one provider. */
export function namesAddedFor(added: readonly Added[], providerId: string): string[] {
  return added.filter(({ provider }) => provider === providerId).map(({ name }) => name);
}

/** What is said of those added for a provider that is neither installed nor configured: nobody will ever ask them. */
export function unusedWarnings(what: string, added: readonly Added[], known: readonly string[]): string[] {
  return added
    .filter(({ provider }) => provider !== '*' && !known.includes(provider))
    .map(({ provider, name }) => {
      const near = nearestName(provider, known);
      const next = near === undefined ? `There are: ${known.join(', ')}.` : `Did you mean '${near}'?`;
      return `${what} '${name}' was added for '${provider}', which no provider is called. ${next}`;
    });
}
