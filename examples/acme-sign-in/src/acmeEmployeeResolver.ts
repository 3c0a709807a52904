/**
 * Signs in employees of Acme by the number that their OpenID Provider vouches for. They own what their groups own, and
 * what the groups right above those own; the second part is why it needs the catalog.
 */
import { coreServices, Inject, type AuthService } from '@vestibule/backend-plugin-api';
import { RELATION_CHILD_OF, stringifyEntityRef } from '@vestibule/catalog-model';
import type {
  AuthResolverContext,
  SignInInfo,
  SignInResolverObject,
  SignInVerdict,
} from '@vestibule/plugin-auth-node';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';

/** The part of an OpenID Connect login that is read here. Claims are as the provider gave them. @public */
export interface AcmeLogin {
  fullProfile: { userinfo: { sub: string; employee_number?: unknown } };
}

/** @public */
@Inject(catalogServiceRef, coreServices.auth)
export class AcmeEmployeeResolver implements SignInResolverObject<AcmeLogin> {
  constructor(
    private readonly catalog: CatalogService,
    private readonly auth: AuthService,
  ) {}

  async resolve({ result }: SignInInfo<AcmeLogin>, context: AuthResolverContext): Promise<SignInVerdict> {
    const number = result.fullProfile.userinfo.employee_number;
    if (number === undefined) return context.pass('the login names no employee number');
    // A value from outside: typed before it is used, though the look-up would refuse what it cannot ask safely.
    if (typeof number !== 'string' || !/^\d{6}$/.test(number)) {
      return context.deny('the employee number is not six digits');
    }
    const { entity } = await context.findCatalogUser({
      annotations: { 'acme.example/employee-number': number },
    });
    const { ownershipEntityRefs } = await context.resolveOwnershipEntityRefs(entity);
    const above = await this.groupsAbove(ownershipEntityRefs, context.signal);
    return context.issueToken({
      claims: { sub: stringifyEntityRef(entity), ent: [...new Set([...ownershipEntityRefs, ...above])] },
    });
  }

  private async groupsAbove(refs: readonly string[], signal: AbortSignal): Promise<string[]> {
    const entityRefs = refs.filter((ref) => ref.startsWith('group:'));
    const { items } = await this.catalog.getEntitiesByRefs(
      { entityRefs, fields: ['relations'] },
      { credentials: await this.auth.getOwnServiceCredentials(), signal },
    );
    return items.flatMap((group) =>
      (group?.relations ?? [])
        .filter(({ type }) => type === RELATION_CHILD_OF)
        .map(({ targetRef }) => targetRef),
    );
  }
}
