/** One thing that kept the backend, or a part of it, from starting. */
import { CodedError, ownFrames, type ConfigLocation, type ErrorCode } from '@vestibule/backend-plugin-api';
import type { Owner } from '../features/owner.ts';

/** One thing that kept the backend, or a part of it, from starting. @public */
export interface StartupProblem {
  readonly code: ErrorCode;
  /** One sentence that names the culprit. */
  readonly message: string;
  /** Ways from a plugin, module or service to the culprit, for example `plugin auth -> catalog-client`. */
  readonly paths: readonly string[];
  /** What the paths say about the culprit. */
  readonly relation: 'needed by' | 'awaited by';
  /** The next step. */
  readonly hint?: string;
  /** The key of the config that the problem is about, for example `backend.baseUrl`. */
  readonly path?: string;
  /** Where in the config the problem stands. */
  readonly location?: ConfigLocation;
  /** Where in a person's own code something was thrown, nearest first: `greet (src/hello.ts:12:9)`. */
  readonly frames?: readonly string[];
  /** Where what the problem is about was added: `added at src/index.ts:12:9`, or by which loader it was brought. */
  readonly places?: readonly string[];
  /** What could not start because of it. */
  readonly stopped: readonly string[];
  /** What was thrown. */
  readonly cause?: unknown;
}

/** A problem while the boot still adds to it. */
export interface Problem extends StartupProblem {
  readonly paths: string[];
  readonly stopped: string[];
  places?: readonly string[];
  /** The plugins and modules that cannot start because of it; the boot-failure policy of each decides. */
  readonly affects: Owner[];
  /** No policy can allow it. */
  fatal: boolean;
}

/** Starts a problem. Without `affects` it is fatal. */
export function createProblem(
  code: ErrorCode,
  message: string,
  details: Partial<Omit<Problem, 'code' | 'message'>> = {},
): Problem {
  const { paths = [], stopped = [], affects = [], ...rest } = details;
  return {
    code,
    message,
    relation: 'needed by',
    fatal: affects.length === 0,
    ...withoutUndefined(rest),
    paths,
    stopped,
    affects,
  };
}

/** Makes a problem of something thrown: the message carries its text and code, the hint its hint. */
export function problemOfThrown(
  code: ErrorCode,
  what: string,
  thrown: unknown,
  details: Partial<Omit<Problem, 'code' | 'message'>> = {},
): Problem {
  const hint = memberOf(thrown, 'hint');
  return createProblem(code, `${what}: ${textOfThrown(thrown)}`, {
    ...(typeof hint === 'string' && { hint }),
    ...framesOf(thrown),
    ...details,
    cause: thrown,
  });
}

const shownFrames = 3;

/** Where a fault lies. An error with a code of ours, or a hint, is no fault but a finding, and points by itself. */
export function framesOf(thrown: unknown): { frames?: readonly string[] } {
  const isFinding = thrown instanceof CodedError || typeof memberOf(thrown, 'hint') === 'string';
  const frames = isFinding ? [] : ownFrames(thrown, shownFrames);
  return frames.length > 0 ? { frames } : {};
}

/** The message of something thrown, with its code where it has one. Never throws, whatever was thrown. */
export function textOfThrown(thrown: unknown): string {
  if (typeof thrown === 'function') return 'a function was thrown';
  if (typeof thrown !== 'object' || thrown === null) return String(thrown);
  const [message, name, code, errors] = ['message', 'name', 'code', 'errors'].map((key) =>
    memberOf(thrown, key),
  );
  // Node's own, for an address that refuses on IPv4 and on IPv6, has no message but those within.
  const within = Array.isArray(errors) ? errors.map((error) => textOfThrown(error)).join('; ') : undefined;
  const text = [message, within, name].find((part) => typeof part === 'string' && part !== '');
  if (typeof text !== 'string') return 'something without a message was thrown';
  return typeof code === 'string' && !text.includes(code) ? `${text} [${code}]` : text;
}

/** A member of something thrown. What is thrown may be anything, also an object whose members throw when read. */
export function memberOf(thrown: unknown, key: string): unknown {
  try {
    return (thrown as Record<string, unknown> | null | undefined)?.[key];
  } catch {
    return undefined;
  }
}

/** Carries a problem to whoever waited for the part that has it, so that it is reported once. */
export class ProblemError extends CodedError {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.code, problem.message, {
      ...(problem.hint !== undefined && { hint: problem.hint }),
      ...(problem.cause !== undefined && { cause: problem.cause }),
    });
    this.problem = problem;
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}
