/** Keeps secrets from the config out of what is reported: what threw may have quoted them. */
import type { Problem } from './startupProblem.ts';

// Shorter ones would tear ordinary words apart, and are refused as secrets anyway where they matter.
const shortestLength = 4;

/** The problem with every secret value replaced. What was thrown stays as it is in `cause`. */
export function withoutSecrets(problem: Problem, secrets: ReadonlySet<string>): Problem {
  const clean = (text: string) =>
    [...secrets]
      .filter(({ length }) => length >= shortestLength)
      .sort((a, b) => b.length - a.length)
      .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  return {
    ...problem,
    message: clean(problem.message),
    ...(problem.hint !== undefined && { hint: clean(problem.hint) }),
  };
}
