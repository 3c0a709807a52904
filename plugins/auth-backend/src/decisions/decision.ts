/**
 * The decision: what a sign-in, refresh or sign-out found, step by step, and why it ended as it did. It is how an
 * operator learns why somebody was refused; a person sees its reference and one sentence.
 *
 * It holds no token, code, secret or e-mail address: inputs stand in it by name.
 */
import { randomBytes } from 'node:crypto';
import type { JsonObject, LoggerService } from '@vestibule/backend-plugin-api';
import type { CodedError } from '@vestibule/backend-plugin-api';
import { decisionCodes } from '@vestibule/plugin-auth-node';
import type { Clock } from '../clock.ts';
import { decisionCodeOf } from '../errors.ts';

/** What one resolver said. */
export interface ResolverStep {
  resolver: string;
  verdict: 'identity' | 'pass' | 'deny' | 'error';
  /** The resolver's reason, for the operator. */
  reason?: string;
  code?: string;
}

/** What was asked of the catalog. */
export interface CatalogStep {
  /** The keys that were compared, without their values. */
  query: string;
  hits: number;
}

/** The record of one attempt. */
export interface Decision {
  /** Short and random; printed on the refusal page and in the log. */
  readonly reference: string;
  readonly event: 'sign-in' | 'refresh' | 'sign-out';
  readonly providerId: string;
  readonly environment?: string;
  /** Which inputs the provider gave: `email`, `displayName`, `picture`. */
  inputs: readonly string[];
  readonly resolvers: ResolverStep[];
  readonly catalog: CatalogStep[];
  /** How many ownership references the identity has. */
  ownership?: number;
  /** Whether the answer came from the last good identity, because a part was away. */
  grace?: true;
  userEntityRef?: string;
}

/** Begins a record, and writes it to the log when it ends. */
export function beginDecision(options: {
  event: Decision['event'];
  providerId: string;
  environment?: string;
  logger: LoggerService;
  clock: Clock;
}): { decision: Decision; allow(): void; refuse(error: unknown): void } {
  const { event, providerId, environment, logger, clock } = options;
  const startedAt = clock();
  const decision: Decision = {
    reference: randomBytes(5).toString('hex'),
    event,
    providerId,
    ...(environment !== undefined && { environment }),
    inputs: [],
    resolvers: [],
    catalog: [],
  };
  const record = (rest: JsonObject): JsonObject => ({
    ...(JSON.parse(JSON.stringify(decision)) as JsonObject),
    ...rest,
    milliseconds: clock() - startedAt,
  });
  return {
    decision,
    allow() {
      logger.info(`${event} with '${providerId}' allowed`, record({ outcome: 'allowed' }));
    },
    refuse(error) {
      const code = decisionCodeOf(error) ?? 'ERR_RESOLVER_FAILED';
      const fields = record({
        outcome: 'refused',
        code,
        operator: decisionCodes[code].operator,
        ...describe(error),
      });
      const line = `${event} with '${providerId}' refused: ${code}`;
      // What no visitor can cause is worth an operator's attention; the rest is everyday life.
      if (decisionCodes[code].status >= 500) logger.error(line, fields);
      else logger.info(line, fields);
    },
  };
}

/** Everything that an operator needs and a person must not see. */
function describe(error: unknown): JsonObject {
  const chain: JsonObject[] = [];
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { hint, code } = at as Partial<CodedError>;
    const { providerError } = at as { providerError?: string };
    chain.push({
      name: at.name,
      message: at.message,
      ...(code !== undefined && { code: String(code) }),
      ...(hint !== undefined && { hint }),
      ...(providerError !== undefined && { providerError }),
      // An error without a code is a fault in somebody's code, and only its stack says in whose.
      ...(code === undefined && at.stack !== undefined && { stack: at.stack }),
    });
  }
  return { error: chain[0] ?? { message: 'something that is no error was thrown' }, causes: chain.slice(1) };
}
