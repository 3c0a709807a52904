/** Catalogs and resolvers that answer nonsense: nobody is signed in by it, and no session ends by it. */
import { deadlineOf } from '@vestibule/backend-plugin-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Entity } from '@vestibule/catalog-model';
import type { SignInResolver } from '@vestibule/plugin-auth-node';
import { Browser } from '../testing/browser.ts';
import { createMemoryCatalog, person } from '../testing/memoryCatalog.ts';
import { startPortal, type Portal } from '../testing/portal.ts';
import { resolveIdentity } from './resolveIdentity.ts';
import { decisionOfTest, policyOfTest } from './testing/judging.ts';

const catalog = createMemoryCatalog();
const honest = { ...catalog };
const jane = person('jane', 'jane@example.com', ['team-a']);
let portal: Portal;
beforeAll(async () => {
  portal = await startPortal({ catalog });
});
afterEach(() => void Object.assign(catalog, honest));
afterAll(async () => portal.stop());

const answering = (items: unknown) => async () => Promise.resolve({ items: items as Entity[] });
const failing = (error: Error) => async () => Promise.reject(error);

describe.each([
  ['a list of nothing', answering([null]), 'ERR_CATALOG_ANSWER_INVALID'],
  ['no list', answering(undefined), 'ERR_CATALOG_ANSWER_INVALID'],
  ['a text for a list', answering('x'), 'ERR_CATALOG_ANSWER_INVALID'],
  ['an entity without metadata', answering([{ kind: 'User' }]), 'ERR_CATALOG_ANSWER_INVALID'],
  ['relations that are no list', answering([{ ...jane, relations: {} }]), 'ERR_CATALOG_ANSWER_INVALID'],
  ['relations of nothing', answering([{ ...jane, relations: [null] }]), 'ERR_CATALOG_ANSWER_INVALID'],
  [
    'a group that cannot be',
    answering([{ ...jane, relations: [{ type: 'memberOf', targetRef: 'group:a b/c' }] }]),
    'ERR_CATALOG_ANSWER_INVALID',
  ],
  ['an error of its own', failing(new TypeError('fetch failed')), 'ERR_CATALOG_UNAVAILABLE'],
])('a catalog that answers %s', (_what, getEntities, code) => {
  it('signs nobody in, and says which part failed', async () => {
    Object.assign(catalog, { getEntities });
    const browser = new Browser();
    const { message } = await portal.signIn(browser);
    expect(message?.error?.code).toBe(code);
    expect(browser.cookies.has('oidc-refresh-token')).toBe(false);
  });

  it('ends no session', async () => {
    const browser = new Browser();
    await portal.signIn(browser);
    Object.assign(catalog, { getEntities });
    const { answer, body } = await portal.refresh(browser);
    expect([answer.status, body?.backstageIdentity?.identity.userEntityRef]).toEqual([
      200,
      'user:default/jane',
    ]);
  });
});

describe('a verdict', () => {
  it.each(['Deny', 'DENY', 'allow', '', undefined, 1])(
    'spelled %p is none, and does not pass on',
    async (verdict) => {
      const odd = (() => ({ verdict })) as unknown as SignInResolver;
      let isAsked = false;
      const next: SignInResolver = (_, context) => {
        isAsked = true;
        return context.pass();
      };
      const resolution = resolveIdentity(
        {
          login: { profile: {}, result: {} },
          policy: policyOfTest({ resolvers: [odd, next] }),
          draft: decisionOfTest(),
          budget: deadlineOf(new AbortController().signal),
        },
        { create: () => ({ context: { signal: new AbortController().signal } as never, issued: new Map() }) },
      );
      await expect(resolution).rejects.toMatchObject({ code: 'ERR_RESOLVER_RESULT_INVALID' });
      expect(isAsked).toBe(false);
    },
  );
});
