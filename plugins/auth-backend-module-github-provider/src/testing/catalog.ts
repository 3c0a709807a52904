/** A user of the tests' catalog. */
import { catalogUser } from '@vestibule/backend-test-utils';
import type { Entity } from '@vestibule/catalog-model';

export function user(name: string, { email, nodeId }: { email?: string; nodeId?: string } = {}): Entity {
  return catalogUser(name, {
    ...(email !== undefined && { email }),
    ...(nodeId !== undefined && { annotations: { 'github.com/user-id': nodeId } }),
    memberOf: ['team-a'],
  });
}
