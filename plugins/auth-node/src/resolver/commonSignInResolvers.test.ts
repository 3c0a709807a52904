import { describe, expect, it } from '@jest/globals';
import { ConflictError, NotFoundError } from '@vestibule/backend-plugin-api';
import fc from 'fast-check';
import { commonSignInResolvers } from './commonSignInResolvers.ts';
import { createEmailAnnotationResolver } from './emailResolver.ts';
import type { AuthResolverContext, CatalogUserQuery, SignInVerdict } from './signInResolver.ts';

const { emailMatchingUserEntityProfileEmail, emailLocalPartMatchingUserEntityName } = commonSignInResolvers;
const emailMatchingUserEntityAnnotation = createEmailAnnotationResolver('google.com/email');
const resolversByEmail = {
  emailMatchingUserEntityProfileEmail,
  emailLocalPartMatchingUserEntityName,
  emailMatchingUserEntityAnnotation,
};

interface Call {
  query: CatalogUserQuery;
  fallback?: unknown;
}

/** A context whose catalog finds a user by exactly these e-mail addresses and names. */
function contextOf(known: readonly string[]): { context: AuthResolverContext; calls: Call[] } {
  const calls: Call[] = [];
  const context = {
    pass: (reason?: string) => ({ verdict: 'pass', reason }),
    async signInWithCatalogUser(
      query: CatalogUserQuery,
      options?: { dangerousEntityRefFallback?: { entityRef: { name: string } } },
    ) {
      const fallback = options?.dangerousEntityRefFallback;
      calls.push({ query, ...(fallback && { fallback: fallback.entityRef }) });
      const [asked] = Object.values(query) as [object];
      const value: unknown = Object.values(asked)[0];
      if (known.includes(String(value))) return { token: `catalog:${String(value)}` };
      if (fallback) return { token: `fallback:${fallback.entityRef.name}` };
      throw new NotFoundError('ERR_USER_NOT_FOUND', 'User not found');
    },
  };
  return { context: context as unknown as AuthResolverContext, calls };
}

async function resolve(
  factory: typeof emailMatchingUserEntityProfileEmail,
  email: string | undefined,
  options: object = {},
  known: readonly string[] = [],
): Promise<{ verdict: SignInVerdict; calls: Call[] }> {
  const { context, calls } = contextOf(known);
  const profile = email === undefined ? {} : { email };
  return { verdict: await factory(options)({ profile, result: {} }, context), calls };
}

const notFound = { code: 'ERR_USER_NOT_FOUND', name: 'NotFoundError' };

describe.each(Object.entries(resolversByEmail))('%s', (_name, factory) => {
  it('passes where the profile has no e-mail address, and asks the catalog nothing', async () => {
    const { verdict, calls } = await resolve(factory, undefined);
    expect(verdict).toEqual({ verdict: 'pass', reason: 'ERR_PROFILE_NO_EMAIL' });
    expect(calls).toEqual([]);
  });

  it.each([
    '',
    'jane',
    'jane@evil.com@example.com',
    'jane,kind=group@example.com',
    '"jane"@example.com',
    'a b@example.com',
  ])('passes where the address is malformed: %j', async (email) => {
    const { verdict, calls } = await resolve(factory, email);
    expect(verdict).toMatchObject({ verdict: 'pass' });
    expect(calls).toEqual([]);
  });

  it.each([
    ['jane@other.com', ['example.com']],
    ['jane@example.com.evil.com', ['example.com']],
    ['jane@evil-example.com', ['example.com']],
    ['jane@sub.example.com', ['example.com']],
    ['jane@exаmple.com', ['example.com']],
    ['jane@example.com', []],
  ])('refuses %s where allowedDomains is %j', async (email, allowedDomains) => {
    await expect(resolve(factory, email, { allowedDomains })).rejects.toMatchObject({
      name: 'NotAllowedError',
      code: 'ERR_GATE_DOMAIN',
      message: 'Sign-in user email is not from an allowed domain',
    });
  });

  it.each([
    ['jane@example.com', ['other.com', 'example.com']],
    ['jane@EXAMPLE.com', ['example.com']],
    ['jane@example.com', ['Example.COM']],
    ['jane@münchen.de', ['xn--mnchen-3ya.de']],
    ['jane@xn--mnchen-3ya.de', ['München.de']],
  ])('allows %s where allowedDomains is %j', async (email, allowedDomains) => {
    const { verdict } = await resolve(factory, email, { allowedDomains }, [email, 'jane']);
    expect(verdict).toHaveProperty('token');
  });

  it('refuses options that it does not know, and domains that are none', () => {
    for (const options of [
      { allowedDomain: ['example.com'] },
      { allowedDomains: 'example.com' },
      { allowedDomains: ['@example.com'] },
      { allowedDomains: ['*.example.com'] },
      { stripSubAddress: 'perhaps' },
    ]) {
      expect(() => factory(options)).toThrow(
        expect.objectContaining({ code: 'ERR_RESOLVER_OPTIONS_INVALID' }),
      );
    }
  });

  it('lets errors of the catalog through as they are', async () => {
    const error = new ConflictError('ERR_AMBIGUOUS_MATCH', 'User lookup resulted in multiple matches');
    const { context } = contextOf([]);
    context.signInWithCatalogUser = async () => Promise.reject(error);
    const resolver = factory({ stripSubAddress: true });
    await expect(resolver({ profile: { email: 'jane+x@example.com' }, result: {} }, context)).rejects.toBe(
      error,
    );
  });
});

describe('emailMatchingUserEntityProfileEmail', () => {
  it('asks for the user with that address, once', async () => {
    const { verdict, calls } = await resolve(emailMatchingUserEntityProfileEmail, 'Jane@example.com', {}, [
      'Jane@example.com',
    ]);
    expect(verdict).toEqual({ token: 'catalog:Jane@example.com' });
    expect(calls).toEqual([{ query: { filter: { 'spec.profile.email': 'Jane@example.com' } } }]);
  });

  it('does not take jane+tag for jane unless it is told to', async () => {
    await expect(
      resolve(emailMatchingUserEntityProfileEmail, 'jane+tag@example.com', {}, ['jane@example.com']),
    ).rejects.toMatchObject(notFound);
    const { verdict, calls } = await resolve(
      emailMatchingUserEntityProfileEmail,
      'jane+tag@example.com',
      { stripSubAddress: true },
      ['jane@example.com'],
    );
    expect(verdict).toEqual({ token: 'catalog:jane@example.com' });
    expect(calls).toHaveLength(2);
  });

  it('prefers the user who has the very address', async () => {
    const known = ['jane+tag@example.com', 'jane@example.com'];
    const { verdict, calls } = await resolve(
      emailMatchingUserEntityProfileEmail,
      'jane+tag@example.com',
      { stripSubAddress: true },
      known,
    );
    expect(verdict).toEqual({ token: 'catalog:jane+tag@example.com' });
    expect(calls).toHaveLength(1);
  });

  it('falls back to a user of that address only where that is allowed, and only in the last look-up', async () => {
    const options = { stripSubAddress: true, dangerouslyAllowSignInWithoutUserInCatalog: true };
    const { calls } = await resolve(emailMatchingUserEntityProfileEmail, 'jane+tag@example.com', options);
    expect(calls).toEqual([
      { query: { filter: { 'spec.profile.email': 'jane+tag@example.com' } } },
      {
        query: { filter: { 'spec.profile.email': 'jane@example.com' } },
        fallback: { kind: 'User', namespace: 'default', name: 'jane@example.com' },
      },
    ]);
  });
});

describe('emailLocalPartMatchingUserEntityName', () => {
  it('asks for the user whose name stands before the @', async () => {
    const { verdict, calls } = await resolve(
      emailLocalPartMatchingUserEntityName,
      'jane.doe@example.com',
      {},
      ['jane.doe'],
    );
    expect(verdict).toEqual({ token: 'catalog:jane.doe' });
    expect(calls).toEqual([{ query: { entityRef: { name: 'jane.doe' } } }]);
  });

  it.each([
    "o'brien@example.com",
    'jane+tag@example.com',
    'a/b@example.com',
    'josé@example.com',
    `${'j'.repeat(64)}@example.com`,
  ])('passes where that cannot be a name: %s', async (email) => {
    const { verdict, calls } = await resolve(emailLocalPartMatchingUserEntityName, email);
    expect(verdict).toMatchObject({ verdict: 'pass' });
    expect(calls).toEqual([]);
  });

  it('takes jane+tag for jane where it is told to', async () => {
    const { verdict } = await resolve(
      emailLocalPartMatchingUserEntityName,
      'jane+tag@example.com',
      { stripSubAddress: true },
      ['jane'],
    );
    expect(verdict).toEqual({ token: 'catalog:jane' });
  });

  it('falls back to that name only where that is allowed', async () => {
    await expect(resolve(emailLocalPartMatchingUserEntityName, 'jane@example.com')).rejects.toMatchObject(
      notFound,
    );
    const options = { dangerouslyAllowSignInWithoutUserInCatalog: true };
    const { verdict, calls } = await resolve(
      emailLocalPartMatchingUserEntityName,
      'jane@example.com',
      options,
    );
    expect(verdict).toEqual({ token: 'fallback:jane' });
    expect(calls[0]?.fallback).toEqual({ kind: 'User', namespace: 'default', name: 'jane' });
  });

  it('warns at start where no domain is named', () => {
    expect(emailLocalPartMatchingUserEntityName.startWarning?.()).toContain("'allowedDomains'");
    expect(
      emailLocalPartMatchingUserEntityName.startWarning?.({ allowedDomains: ['example.com'] }),
    ).toBeUndefined();
    expect(emailMatchingUserEntityProfileEmail.startWarning?.()).toBeUndefined();
    expect(
      emailMatchingUserEntityProfileEmail.startWarning?.({
        dangerouslyAllowSignInWithoutUserInCatalog: true,
      }),
    ).toContain('not in the catalog');
  });
});

describe('a resolver by an annotation that is the address', () => {
  it('asks for that annotation, with every option of the e-mail resolvers', async () => {
    const options = { stripSubAddress: true, dangerouslyAllowSignInWithoutUserInCatalog: true };
    const { calls } = await resolve(emailMatchingUserEntityAnnotation, 'jane+tag@example.com', options);
    expect(calls).toEqual([
      { query: { annotations: { 'google.com/email': 'jane+tag@example.com' } } },
      {
        query: { annotations: { 'google.com/email': 'jane@example.com' } },
        fallback: { kind: 'User', namespace: 'default', name: 'jane@example.com' },
      },
    ]);
    expect(emailMatchingUserEntityAnnotation.startWarning?.(options)).toContain('not in the catalog');
  });
});

describe('whatever address comes in', () => {
  it('the same field is asked for, with the whole address or its name as the value', async () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'aB9.+-_=,;&%@"\'\\ \n\0()<>[]:/|kind') });
    const email = fc.oneof(
      hostile,
      hostile.map((local) => `${local}@example.com`),
      hostile.map((host) => `jane@${host}`),
    );
    await fc.assert(
      fc.asyncProperty(email, async (address) => {
        const none: Call[] = [];
        const byEmail = await resolve(emailMatchingUserEntityProfileEmail, address, {}, [address]).then(
          ({ calls }) => calls,
          () => none,
        );
        for (const { query } of byEmail) expect(query).toEqual({ filter: { 'spec.profile.email': address } });
        for (const { query } of byEmail) expect(JSON.stringify(query)).not.toMatch(/,(?!")/);
        const byAnnotation = await resolve(emailMatchingUserEntityAnnotation, address, {}, [address]).then(
          ({ calls }) => calls,
          () => none,
        );
        for (const { query } of byAnnotation)
          expect(query).toEqual({ annotations: { 'google.com/email': address } });
        const byName = await resolve(emailLocalPartMatchingUserEntityName, address, {}, [
          address.split('@')[0]!,
        ]).then(
          ({ calls }) => calls,
          () => none,
        );
        for (const { query } of byName) {
          expect(query).toEqual({ entityRef: { name: address.split('@')[0] } });
          expect(address.split('@')[0]).toMatch(/^[A-Za-z0-9._-]+$/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('no two that differ after lower-casing lead to one query, save by the local part', async () => {
    const part = fc.string({ unit: fc.constantFrom(...'abAB.+-'), minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(part, part, async (one, two) => {
        const [left, right] = await Promise.all(
          [one, two].map((local) =>
            resolve(emailMatchingUserEntityProfileEmail, `${local}@example.com`, {}, [
              `${local}@example.com`,
            ]),
          ),
        );
        fc.pre(left!.calls.length > 0 && right!.calls.length > 0 && one.toLowerCase() !== two.toLowerCase());
        expect(JSON.stringify(left!.calls).toLowerCase()).not.toBe(
          JSON.stringify(right!.calls).toLowerCase(),
        );
      }),
    );
  });
});
