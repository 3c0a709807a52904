/**
 * Entries whose `type` is that of a handler which was added, see `externalTokenHandlersServiceRef`. The handler is code of
 * others: what it throws refuses the token, and nobody waits for it longer than its deadline.
 */
import {
  ConfigError,
  asObject,
  externalTokenHandlersServiceRef,
  FeatureError,
  configProblemAt,
  nearestName,
  ServiceUnavailableError,
  withDeadline,
  type Config,
  type ConfigJudgeContext,
  type ConfigJudgeFindings,
  type ConfigProblem,
  type ExternalTokenHandler,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import type { ExternalTokens } from './externalTokens.ts';
import { addedAccess, isTypeOfHandler, ownTypes } from './externalAccessConfig.ts';

const timeoutMilliseconds = 5000;

/** The handlers by type, as the boot hands them over. */
export type AddedHandlers = ReadonlyMap<string, ExternalTokenHandler<unknown>>;

/**
 * Puts handlers under their types.
 *
 * - `ERR_EXTERNAL_HANDLER_INVALID`: What was added under `core.auth.externalTokenHandlers` is no handler.
 * - `ERR_EXTERNAL_HANDLER_DUPLICATE`: Two handlers of tokens from outside have one type, or one has a type of `core.auth` itself.
 *
 * @throws FeatureError with one of these.
 */
export function collectHandlers(added: readonly unknown[]): AddedHandlers {
  const handlers = new Map<string, ExternalTokenHandler<unknown>>();
  for (const handler of added) {
    if (!isHandler(handler)) {
      throw new FeatureError(
        'ERR_EXTERNAL_HANDLER_INVALID',
        'a factory for core.auth.externalTokenHandlers gave no handler, which has type, initialize() and verifyToken()',
        { hint: 'Return one handler from each factory, made with createExternalTokenHandler.' },
      );
    }
    const { type } = handler;
    if (handlers.has(type) || ownTypes.includes(type)) {
      throw new FeatureError(
        'ERR_EXTERNAL_HANDLER_DUPLICATE',
        `a handler of tokens from outside was added for type '${type}', which ${handlers.has(type) ? 'another one has' : 'core.auth knows itself'}`,
        { hint: 'Give it a type of its own, and name that in backend.auth.externalAccess.' },
      );
    }
    handlers.set(type, handler);
  }
  return handlers;
}

/**
 * The tokens of one entry.
 *
 * @param options - `index`: of the entry under `backend.auth.externalAccess`.
 * @throws ConfigError where no handler has its type, or the handler refuses its options.
 */
export function createAddedTokens(options: {
  type: string;
  index: number;
  handlers: AddedHandlers;
  config: Config;
  logger: LoggerService;
}): ExternalTokens {
  const { type, index, handlers, config, logger } = options;
  const handler = handlers.get(type);
  if (!handler) throw new ConfigError([handlerMissing(config, index, type, [...handlers.keys()])]);
  const context = initialize(handler, config, index);

  return {
    async verify(token) {
      let result: unknown;
      try {
        result = await inTime(type, () => handler.verifyToken(token, context));
      } catch (error) {
        if (error instanceof ServiceUnavailableError && error.code === 'ERR_EXTERNAL_HANDLER_TIMEOUT') {
          logger.warn(`${error.message}: ${type}`);
          throw error;
        }
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn(`the handler of '${type}' tokens failed: ${reason.replaceAll(token, '[token]')}`);
        return undefined;
      }
      if (result === undefined || result === null) return undefined;
      const { subject } = result as { subject?: unknown };
      if (typeof subject === 'string' && /^\S+$/.test(subject)) return subject;
      logger.warn(`the handler of '${type}' tokens gave no subject, which is text without spaces`);
      return undefined;
    },
  };
}

function initialize(handler: ExternalTokenHandler<unknown>, config: Config, index: number): unknown {
  const entry = config.getConfigArray('backend.auth.externalAccess')[index];
  try {
    const context = handler.initialize({ options: entry?.getConfig('options') as Config });
    // One that is still to come is the handler's to wait for; a failure shows when it does.
    if (context instanceof Promise) context.catch(() => undefined);
    return context;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      fault(config, [index, 'options'], `is refused by the handler of '${handler.type}': ${reason}`),
    ]);
  }
}

/**
 * - `ERR_EXTERNAL_HANDLER_TIMEOUT`: A handler of tokens from outside did not answer in time. The token may be good.
 */
async function inTime<T>(type: string, act: () => Promise<T>): Promise<T> {
  const late = () =>
    new ServiceUnavailableError('ERR_EXTERNAL_HANDLER_TIMEOUT', 'Tokens cannot be verified at the moment', {
      hint: `The handler of '${type}' tokens did not answer within ${timeoutMilliseconds / 1000} s.`,
      retryAfterSeconds: 5,
    });
  return withDeadline({ milliseconds: timeoutMilliseconds, late }, async () => act());
}

/**
 * The entries whose type no handler has. Those that stand on other services than the config are not known yet, so that it
 * is provisional.
 */
export async function judgeHandlers({ config, valuesOf }: ConfigJudgeContext): Promise<ConfigJudgeFindings> {
  const handlers = (await valuesOf(externalTokenHandlersServiceRef)).filter(isHandler);
  const types = handlers.map(({ type }) => type);
  return {
    problems: addedTypes(config)
      .filter(({ type }) => !types.includes(type))
      .map(({ type, index }) => ({
        ...handlerMissing(config, index, type, types),
        isProvisional: true,
        mendableBy: externalTokenHandlersServiceRef.id,
      })),
  };
}

/** Of the config as it stands, which the schema may refuse. */
function addedTypes(config: Config): { type: string; index: number }[] {
  const { externalAccess } = asObject(asObject(config.getOptional('backend'))['auth']);
  return (Array.isArray(externalAccess) ? externalAccess : []).flatMap((entry: unknown, index) => {
    const { success, data } = addedAccess.safeParse(entry);
    return success && isTypeOfHandler(data.handler) ? [{ type: data.handler, index }] : [];
  });
}

function handlerMissing(
  config: Config,
  index: number,
  type: string,
  types: readonly string[],
): ConfigProblem {
  const known = [...ownTypes.map(String), ...types];
  const near = nearestName(type, known);
  const list = known.map((name) => `'${name}'`).join(', ');
  const meant = near === undefined ? '' : `. Did you mean '${near}'?`;
  return {
    ...fault(
      config,
      [index, 'type'],
      `names '${type}', for which there is no handler; there are ${list}${meant}`,
    ),
    suggestion: 'A handler is added with a service factory for core.auth.externalTokenHandlers.',
  };
}

function fault(config: Config, path: readonly (string | number)[], what: string): ConfigProblem {
  return configProblemAt(config, ['backend', 'auth', 'externalAccess', ...path], { what });
}

function isHandler(value: unknown): value is ExternalTokenHandler<unknown> {
  const { type, initialize: begin, verifyToken } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof type === 'string' &&
    type !== '' &&
    typeof begin === 'function' &&
    typeof verifyToken === 'function'
  );
}
