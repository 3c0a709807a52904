/** The three forms of a resolver, each with the catalog and a service of its own. A backend needs one of them. */
import { coreServices, createBackendModule } from '@vestibule/backend-plugin-api';
import { createSignInResolverFactory, signInResolverExtensionPoint } from '@vestibule/plugin-auth-node';
import { catalogServiceRef } from '@vestibule/plugin-catalog-node';
import { z } from 'zod';
import { EmployeeResolver } from './employeeResolver.ts';
import { employeesServiceRef } from './employees.ts';
import { signInEmployee } from './signInEmployee.ts';

export const authModuleResolverForms = createBackendModule({
  pluginId: 'auth',
  moduleId: 'resolver-forms',
  register({ registerInit }) {
    registerInit({
      deps: {
        resolvers: signInResolverExtensionPoint,
        auth: coreServices.auth,
        catalog: catalogServiceRef,
        employees: employeesServiceRef,
        instance: EmployeeResolver,
      },
      async init({ resolvers, auth, catalog, employees, instance }) {
        const services = { auth, catalog, employees };

        resolvers.add({
          provider: 'google',
          name: 'employeeByFunction',
          resolver: (info, ctx) => signInEmployee(services, info, ctx, 'acme.org/on-leave'),
        });

        // Config can give it options, which are checked at start: { resolver: employeeByFactory, unless: acme.org/left }.
        resolvers.add({
          provider: 'google',
          name: 'employeeByFactory',
          resolver: createSignInResolverFactory({
            optionsSchema: z.object({ unless: z.string().default('acme.org/on-leave') }),
            create:
              ({ unless }) =>
              (info, ctx) =>
                signInEmployee(services, info, ctx, unless),
          }),
        });

        resolvers.add({ provider: 'google', name: 'employeeByClass', resolver: instance });
      },
    });
  },
});
