/** What is asked before a project is written. */

/** What the project is for: `--for`. @public */
export const purposes = ['portal', 'beside', 'inside', 'framework'] as const;
/** @public */
export type Purpose = (typeof purposes)[number];

/** How people sign in: `--providers`. @public */
export const providers = ['oidc', 'google', 'github', 'guest'] as const;
/** @public */
export type Provider = (typeof providers)[number];

/** Where it is kept: `--database`. @public */
export const databases = ['sqlite', 'postgresql'] as const;
/** @public */
export type Database = (typeof databases)[number];

/** Everything that a project is made of. @public */
export interface Answers {
  readonly purpose: Purpose;
  /** In the order of {@link providers}; none for `framework`, which has no sign-in. */
  readonly providers: readonly Provider[];
  readonly database: Database;
  /** An OpenID Provider of one's own, without a slash at the end. Default: the one of `@vestibule/dev-idp`. */
  readonly issuer?: string;
}

/** What `--yes` takes where nothing is said. */
export const defaultAnswers = {
  purpose: 'portal',
  providers: ['oidc', 'guest'],
  database: 'sqlite',
} as const satisfies Answers;

/** The folder that is proposed. */
export const defaultDirectories: Readonly<Record<Purpose, string>> = {
  portal: 'my-portal',
  beside: 'my-sign-in',
  inside: 'my-backstage-backend',
  framework: 'my-backend',
};
