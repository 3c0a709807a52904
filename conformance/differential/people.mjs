// Who can sign in at the vendors, and who of them is in the catalog.

/** At the OpenID Provider. */
export const idpPeople = [
  { id: 'jane', name: 'Jane Doe', email: 'jane@example.com', emailVerified: true },
  { id: 'kim', name: 'Kim', email: 'kim@example.com', emailVerified: true },
  { id: 'sam', name: 'Sam Okafor', email: 'sam@example.com', emailVerified: false },
  { id: 'tag', name: 'Jane Doe', email: 'jane+portal@example.com', emailVerified: true },
  { id: 'twin', name: 'A Twin', email: 'twin@example.com', emailVerified: true },
  { id: 'upper', name: 'Jane Doe', email: 'Jane@Example.com', emailVerified: true },
].map((person) => ({ picture: false, note: 'Of the differential tests.', ...person }));

const user = (name, email, { annotations = {}, groups = [] } = {}) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'User',
  metadata: { name, annotations },
  spec: { profile: { email } },
  relations: groups.map((group) => ({ type: 'memberOf', targetRef: `group:default/${group}` })),
});

/** Jane, in two groups of which one is in another; and two people with one address. */
export const catalogPeople = [
  user('jane', 'jane@example.com', {
    annotations: { 'google.com/email': 'jane@example.com', 'github.com/user-id': 'MDQ6VXNlcjE=' },
    groups: ['rockets', 'readers'],
  }),
  user('sam', 'sam@example.com'),
  user('twin-one', 'twin@example.com'),
  user('twin-two', 'twin@example.com'),
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'rockets' },
    relations: [{ type: 'childOf', targetRef: 'group:default/research' }],
  },
  { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'readers' }, relations: [] },
  { apiVersion: 'backstage.io/v1alpha1', kind: 'Group', metadata: { name: 'research' }, relations: [] },
];
