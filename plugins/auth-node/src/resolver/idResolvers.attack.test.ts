/** Ids that are nearly those of somebody else. A catalog finds them all, since it compares without regard to letter case. */
import { describe, expect, it } from '@jest/globals';
import type { Entity } from '@vestibule/catalog-model';
import { commonSignInResolvers } from './commonSignInResolvers.ts';
import { createExactAnnotationResolver } from './exactAnnotationResolver.ts';
import type { AuthResolverContext, SignInInfo } from './signInResolver.ts';

const jane: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: {
    name: 'jane',
    annotations: { 'idp.example/sub': 'Jane@Corp', 'acme.example/id': 'MDQ6VXNlcjE=' },
  },
};
const byId = createExactAnnotationResolver<{ id: string }>({
  annotation: 'acme.example/id',
  what: 'id',
  valueOf: ({ result }) => result.id,
  allowsMissingUser: true,
})({ dangerouslyAllowSignInWithoutUserInCatalog: true });
const bySubject = commonSignInResolvers.subjectMatchingUserEntityAnnotation();

/** Finds Jane whatever is asked, and would issue a token for anybody. */
function contextThatFindsJane() {
  const issued: string[] = [];
  const context = {
    findCatalogUser: async () => Promise.resolve({ entity: jane }),
    resolveOwnershipEntityRefs: async () => Promise.resolve({ ownershipEntityRefs: [] }),
    issueToken: async ({ claims }: { claims: { sub: string } }) => {
      issued.push(claims.sub);
      return Promise.resolve({ token: claims.sub });
    },
  };
  return { context: context as unknown as AuthResolverContext, issued };
}

describe('an id that differs', () => {
  it.each(['jane@corp', 'JANE@CORP', 'Jane@corp', 'Jane@Corp ', 'Jane@Corр', 'Jane@Corp\u200b'])(
    'signs nobody in by subject: %j',
    async (subject) => {
      const { context, issued } = contextThatFindsJane();
      const info: SignInInfo = { profile: {}, result: {}, subject, issuer: 'https://idp.example' };
      await expect(bySubject(info, context)).rejects.toMatchObject({ code: 'ERR_CATALOG_ANSWER_INVALID' });
      expect(issued).toEqual([]);
    },
  );

  it.each(['mdq6vxnlcje=', 'MDQ6VXNlcjE', 'MDQ6VXNlcjE==', 'U_other'])(
    "signs nobody in by a vendor's id, nor without a user in the catalog: %j",
    async (id) => {
      const { context, issued } = contextThatFindsJane();
      await expect(byId({ profile: {}, result: { id } }, context)).rejects.toMatchObject({
        code: 'ERR_CATALOG_ANSWER_INVALID',
      });
      expect(issued).toEqual([]);
    },
  );

  it('signs nobody in by the same subject of another issuer', async () => {
    const { context, issued } = contextThatFindsJane();
    const info: SignInInfo = {
      profile: {},
      result: {},
      subject: 'Jane@Corp',
      issuer: 'https://evil.example',
    };
    await expect(bySubject(info, context)).rejects.toMatchObject({ code: 'ERR_CATALOG_ANSWER_INVALID' });
    expect(issued).toEqual([]);
  });
});
