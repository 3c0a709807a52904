/** Whose addresses may sign in. */

/** @throws Error, which refuses the login; its words are for the operator. */
export function myEmailValidator(email: string): void {
  if (!email.endsWith('@example.com')) throw new Error('only addresses of example.com sign in here');
}
