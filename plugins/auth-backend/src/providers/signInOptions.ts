/** What a sign-in page can offer. */
import type { SignInOption } from '@vestibule/plugin-auth-node';
import type { ProviderEntry } from './instances.ts';

/** One for each provider and environment, in the order of the config. */
export function signInOptionsOf(providers: ReadonlyMap<string, ProviderEntry>): SignInOption[] {
  return [...providers].flatMap(([providerId, entry]): SignInOption[] => {
    switch (entry.kind) {
      case 'oauth':
        return [...entry.environments.values()].map((instance) => ({
          ...shown(providerId, instance),
          environment: instance.environment,
          kind: 'oauth',
          signIn: instance.policy.resolvers.length > 0,
        }));
      case 'proxy': {
        const signIn = entry.policy.resolvers.length > 0;
        return [{ ...shown(providerId, entry), environment: '', kind: 'proxy', signIn }];
      }
      case 'hosted': {
        const kind = entry.isProxyType ? 'proxy' : 'oauth';
        const environments = kind === 'oauth' ? entry.environments : [''];
        return environments.map((environment) => ({
          ...shown(providerId, entry),
          environment,
          kind,
          signIn: true,
        }));
      }
      case 'disabled': {
        const { problem } = entry;
        return [{ ...shown(providerId, entry), environment: '', kind: 'oauth', signIn: false, problem }];
      }
    }
  });
}

function shown(
  providerId: string,
  { type, title, icon }: { type: string; title: string; icon?: string },
): Pick<SignInOption, 'providerId' | 'type' | 'title' | 'icon'> {
  return { providerId, type, title, ...(icon !== undefined && { icon }) };
}
