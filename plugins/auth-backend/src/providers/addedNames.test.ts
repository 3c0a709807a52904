/** What modules add: refused at start where it could never be asked, and warned about where nobody would ask it. */
import { describe, expect, it } from '@jest/globals';
import type { LocatedConfig } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { createResolverRegistry } from './resolverRegistry.ts';
import { createTransformRegistry } from './transformRegistry.ts';

const resolver = async () => ({ verdict: 'pass' as const });
class NeedsNew {
  async resolve() {
    return resolver();
  }
}

describe('a sign-in resolver', () => {
  it.each<[string, object | undefined, string]>([
    ['nothing', undefined, "'provider' is missing"],
    ['one without provider', { name: 'acme', resolver }, "'provider' is missing"],
    ['one without name', { provider: 'oidc', resolver }, "'name' is missing"],
    [
      'a text',
      { provider: 'oidc', name: 'acme', resolver: 'x' },
      "resolver 'acme' cannot be added: 'resolver' is no",
    ],
    ['a class', { provider: 'oidc', name: 'acme', resolver: NeedsNew }, 'of a class, give an instance'],
  ])('that is %s is refused when it is added, by name', (_, given, words) => {
    expect(() => createResolverRegistry().add(given as never)).toThrow(words);
  });

  it('of any form can be added, an instance of a class too', () => {
    const registry = createResolverRegistry();
    registry.add({ provider: 'oidc', name: 'function', resolver });
    registry.add({ provider: 'oidc', name: 'instance', resolver: new NeedsNew() });
    expect(registry.addedFor('oidc')).toEqual(['function', 'instance']);
  });

  it('for a provider that there is not is warned about, with a near name', () => {
    const registry = createResolverRegistry();
    registry.add({ provider: 'googel', name: 'acme', resolver });
    registry.add({ provider: 'ldap', name: 'acme', resolver });
    registry.add({ provider: '*', name: 'any', resolver });
    registry.add({ provider: 'google', name: 'known', resolver });
    expect(registry.unused(['google', 'oidc'])).toEqual([
      "sign-in resolver 'acme' was added for 'googel', which no provider is called. Did you mean 'google'?",
      "sign-in resolver 'acme' was added for 'ldap', which no provider is called. There are: google, oidc.",
    ]);
  });

  it('whose name is misspelt in config is a fault that says where, and what was meant', () => {
    const config: LocatedConfig = Object.assign(mockServices.rootConfig({ data: {} }), {
      locate: (path: readonly (string | number)[]) => ({ file: path.join('/'), line: 7, column: 1 }),
    });
    const { problems } = createResolverRegistry().select({
      providerId: 'oidc',
      type: 'oidc',
      builtIn: {},
      claims: 'none' as const,
      config,
      path: 'auth.providers.oidc.development',
      entries: [{ resolver: 'emailMatchingUserEntityProfileEmial' }],
      allowAnyProviderResolvers: false,
    });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.suggestion).toMatch(
      /^Did you mean 'emailMatchingUserEntityProfileEmail'\? There are: /,
    );
    expect(problems[0]?.location?.file).toBe('auth/providers/oidc/development/signIn/resolvers/0/resolver');
  });
});

describe('a profile transform', () => {
  it('that cannot be called is refused when it is added', () => {
    const add = (given: object) => () => createTransformRegistry().add(given as never);
    expect(add({ provider: 'oidc', transform: () => undefined })).toThrow("'name' is missing");
    expect(add({ provider: 'oidc', name: 'acme' })).toThrow(
      "'acme' cannot be added: 'transform' is no function",
    );
  });

  it('for a provider that there is not is warned about', () => {
    const registry = createTransformRegistry();
    registry.add({ provider: 'googel', name: 'acme', transform: (_result, { profile }) => ({ profile }) });
    expect(registry.unused(['google'])).toEqual([
      "profile transform 'acme' was added for 'googel', which no provider is called. Did you mean 'google'?",
    ]);
  });
});
