/** What a sign-in page can offer. */
import type { SignInOption } from '@vestibule/plugin-auth-node';
import { isUsable, type ProviderEntry, type ProviderIdentity } from './signInProvider.ts';
import type { ProviderType } from './providerTypes.ts';

/** One for each provider and environment, in the order of the config. */
export function signInOptionsOf(
  providers: ReadonlyMap<string, ProviderEntry>,
  types: ReadonlyMap<string, ProviderType>,
): SignInOption[] {
  return [...providers.values()].flatMap((entry): SignInOption[] => {
    const drawing = types.get(entry.type)?.definition?.icon;
    const shown = { ...displayOf(entry), ...(drawing !== undefined && { drawing }) };
    if (!isUsable(entry)) {
      const { problem } = entry;
      return [{ ...shown, environment: '', kind: 'oauth', signIn: false, problem }];
    }
    const { can, environments, settingsOf } = entry;
    const kind = can.popup ? 'oauth' : 'proxy';
    return (can.popup ? environments : [undefined]).map((environment) => {
      const { resolvers } = settingsOf(environment)?.policy ?? {};
      // What a Backstage module does without a list, it alone knows.
      const signIn = resolvers === undefined || resolvers.length > 0;
      return { ...shown, environment: environment ?? '', kind, signIn };
    });
  });
}

function displayOf({ id, type, title, icon }: ProviderIdentity) {
  return { providerId: id, type, title, ...(icon !== undefined && { icon }) };
}
