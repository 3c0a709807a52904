/** The class among the three forms. */
import { coreServices, Inject, type AuthService } from '@vestibule/backend-plugin-api';
import type { AuthResolverContext, SignInInfo, SignInResolverObject } from '@vestibule/plugin-auth-node';
import { catalogServiceRef, type CatalogService } from '@vestibule/plugin-catalog-node';
import { employeesServiceRef, type EmployeesService } from './employees.ts';
import { signInEmployee } from './signInEmployee.ts';

@Inject(coreServices.auth, catalogServiceRef, employeesServiceRef)
export class EmployeeResolver implements SignInResolverObject {
  constructor(
    readonly auth: AuthService,
    readonly catalog: CatalogService,
    readonly employees: EmployeesService,
  ) {}

  async resolve(info: SignInInfo, context: AuthResolverContext) {
    return signInEmployee(this, info, context, 'acme.org/on-leave');
  }
}
