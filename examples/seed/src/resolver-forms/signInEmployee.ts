/** What all three resolvers do, given what they were injected. */
import type { AuthService } from '@vestibule/backend-plugin-api';
import type { AuthResolverContext, SignInInfo, SignInVerdict } from '@vestibule/plugin-auth-node';
import type { CatalogService } from '@vestibule/plugin-catalog-node';
import type { EmployeesService } from './employees.ts';

export interface EmployeeServices {
  auth: AuthService;
  catalog: CatalogService;
  employees: EmployeesService;
}

/** @param annotation - Refuses the user who has it. */
export async function signInEmployee(
  { auth, catalog, employees }: EmployeeServices,
  { profile }: SignInInfo,
  context: AuthResolverContext,
  annotation: string,
): Promise<SignInVerdict> {
  // As a code, so that the person is told that it is the address that is missing.
  if (!profile.email) return context.pass('ERR_PROFILE_NO_EMAIL');
  const name = await employees.nameOf(profile.email);
  if (!name) return context.pass('nobody of that address works here');
  const user = await catalog.getEntityByRef(
    { kind: 'User', namespace: 'default', name },
    { credentials: await auth.getOwnServiceCredentials(), signal: context.signal },
  );
  if (user?.metadata.annotations?.[annotation]) return context.deny(`the user has ${annotation}`);
  return context.signInWithCatalogUser({ entityRef: { name } });
}
