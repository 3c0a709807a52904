/** Keeps secrets from the config out of what is reported: what threw may have quoted them. */
import { createSecretHider } from '@vestibule/backend-plugin-api';
import type { Problem } from './startupProblem.ts';

/** The problem without secret values; `config` is where they stand. What was thrown stays as it is in `cause`. */
export function withoutSecrets(problem: Problem, secrets: ReadonlySet<string>, config: unknown): Problem {
  const clean = createSecretHider({ secrets, config, placeholder: '[redacted]' });
  return {
    ...problem,
    message: clean(problem.message),
    ...(problem.frames && { frames: problem.frames.map(clean) }),
    ...(problem.hint !== undefined && { hint: clean(problem.hint) }),
  };
}
