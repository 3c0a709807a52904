/** Who works at Acme. */
import type { Entity } from '@vestibule/catalog-model';

const apiVersion = 'backstage.io/v1alpha1';

export const people: readonly Entity[] = [
  {
    apiVersion,
    kind: 'User',
    metadata: {
      name: 'jane',
      annotations: { 'acme.example/id': 'a-1', 'acme.example/employee-number': '000042' },
    },
    spec: { profile: { displayName: 'Jane Doe', email: 'jane@acme.example' } },
    relations: [{ type: 'memberOf', targetRef: 'group:default/rockets' }],
  },
  {
    apiVersion,
    kind: 'Group',
    metadata: { name: 'rockets', title: 'Rockets' },
    relations: [
      { type: 'childOf', targetRef: 'group:default/research' },
      { type: 'hasMember', targetRef: 'user:default/jane' },
    ],
  },
  {
    apiVersion,
    kind: 'Group',
    metadata: { name: 'research', title: 'Research' },
    relations: [{ type: 'parentOf', targetRef: 'group:default/rockets' }],
  },
];
