/** The people who can sign in. They exist here and in the demo catalog only. */

/** Someone with an account at the provider. @public */
export interface DemoPerson {
  /** What `authorize(url, { as })` takes, and the subject in the tokens. Lower-case letters. */
  id: string;
  name: string;
  email: string;
  emailVerified: boolean;
  /** One line on the login page: what signing in as this person will show. */
  note: string;
  /** An http or https URL; by default a drawing that the provider serves itself. `false`: no picture. */
  picture?: string | false;
}

/** The demo's people. @public */
export const demoPeople: readonly DemoPerson[] = [
  {
    id: 'jane',
    name: 'Jane Doe',
    email: 'jane@example.com',
    emailVerified: true,
    note: 'In the catalog. Signs in.',
  },
  {
    id: 'omar',
    name: 'Omar Haddad',
    email: 'omar@example.com',
    emailVerified: true,
    note: 'In the catalog, as a member of 300 groups.',
  },
  {
    id: 'kim',
    name: 'Kim',
    email: 'kim@example.com',
    emailVerified: true,
    note: 'Not in the catalog. Will be refused.',
    picture: false,
  },
  {
    id: 'sam',
    name: 'Sam Okafor',
    email: 'sam@example.com',
    emailVerified: false,
    note: 'E-mail address not verified. Will be refused.',
    picture: false,
  },
];
