/** A service of Acme's own: who works there. */
import { createServiceFactory, createServiceRef } from '@vestibule/backend-plugin-api';

/** Replace it with one factory, for example for a directory over HTTP. */
export interface EmployeesService {
  /** The name that the employee with this address has in the catalog; `undefined` for anybody else. */
  nameOf(email: string): Promise<string | undefined>;
}

const names = new Map([
  ['jane@example.com', 'jane'],
  ['omar@example.com', 'omar'],
]);

export const employeesServiceRef = createServiceRef<EmployeesService>({
  id: 'acme.employees',
  defaultFactory: async (service) =>
    createServiceFactory({
      service,
      deps: {},
      factory: () => ({ nameOf: async (email) => names.get(email.toLowerCase()) }),
    }),
});
