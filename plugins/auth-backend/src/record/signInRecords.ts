/**
 * The default of `signInRecordServiceRef`: every record to the log, those worth storing to the database as well; and what
 * sign-in writes records with, whoever takes them.
 */
import {
  clockServiceRef,
  coreServices,
  createServiceFactory,
  credentialsIn,
  runtimeModeServiceRef,
  withDeadline,
  type ClockService,
  type JsonObject,
  type LoggerService,
} from '@vestibule/backend-plugin-api';
import {
  signInCodes,
  signInRecordServiceRef,
  type FinishedSignIn,
  type SignInRecord,
  type SignInRecordService,
} from '@vestibule/plugin-auth-node';
import { authDatabaseServiceRef, type AuthDatabase } from '../database/authDatabase.ts';
import { internalService } from '../internalService.ts';
import { createRecordStore, type RecordStore } from './recordStore.ts';
import { createRedactText, type RedactText } from './redactText.ts';

/** What sign-in writes records with. */
export interface SignInRecords extends SignInRecordService {
  readonly redactText: RedactText;
}

/** Longer than a sink may take. */
const deadlineMilliseconds = 2000;

/** Takes records to the log and the table. */
export function createDatabaseSink(options: {
  database: AuthDatabase;
  clock: ClockService;
  logger: LoggerService;
  isDevelopment: boolean;
}): SignInRecordService & Pick<RecordStore, 'stop'> {
  const { logger, isDevelopment } = options;
  const { keep, find, stop } = createRecordStore(options);
  return {
    async write(finished) {
      log(logger, finished);
      const { record, share, isStored } = finished;
      // In development nobody floods the table, and every refusal is worth explaining.
      if (isStored || (isDevelopment && record.outcome === 'refused')) await keep(record, share);
    },
    find,
    stop,
  };
}

/** @see signInRecordServiceRef */
export const signInRecordServiceFactory = createServiceFactory({
  service: signInRecordServiceRef,
  deps: {
    database: authDatabaseServiceRef,
    clock: clockServiceRef,
    logger: coreServices.logger,
    lifecycle: coreServices.lifecycle,
    runtimeMode: runtimeModeServiceRef,
  },
  factory({ lifecycle, runtimeMode: { isDevelopment }, ...deps }) {
    const sink = createDatabaseSink({ ...deps, isDevelopment });
    lifecycle.addShutdownHook(sink.stop);
    return sink;
  },
});

function log(logger: LoggerService, { record, stack }: FinishedSignIn): void {
  const { event, provider, outcome, code, errors } = record;
  const who = `${event} with '${provider}'`;
  const fields = { ...fieldsOf(record), ...(stack && { stack: [...stack] }) };
  // Nobody notices a failure that the last good identity covers, until it does no more.
  if (outcome === 'allowed' && errors) logger.warn(`${who} allowed, from the last good identity`, fields);
  else if (outcome === 'allowed') logger.info(`${who} allowed`, fields);
  // What no visitor can cause is worth an operator's attention; the rest is everyday life.
  else if (code && signInCodes[code].status >= 500) logger.error(`${who} refused: ${code}`, fields);
  else logger.info(`${who} refused: ${code ?? 'no code'}`, fields);
}

/** A record is plain JSON; an interface cannot say so. */
function fieldsOf(record: SignInRecord): JsonObject {
  return record as object as JsonObject;
}

/** Sign-in's hold on a sink, which may be anybody's: its faults are logged, and nobody waits for it for long. */
export const signInRecordsServiceRef = internalService({
  id: 'vestibule.auth.signInRecords',
  deps: {
    sink: signInRecordServiceRef,
    config: coreServices.rootConfig,
    discovery: coreServices.discovery,
    logger: coreServices.logger,
  },
  async factory({ sink, config, discovery, logger }): Promise<SignInRecords> {
    const auth = config.getOptional('auth');
    const baseUrl = await discovery.getExternalBaseUrl('auth');
    return {
      redactText: createRedactText(credentialsIn(auth), { auth, baseUrl }),
      async write(finished) {
        const write = async (): Promise<void> => {
          try {
            await sink.write(finished);
          } catch (error) {
            logger.warn(`the record ${finished.record.reference} could not be written`, error as Error);
          }
        };
        const late = () => new Error('late');
        await withDeadline({ milliseconds: deadlineMilliseconds, late }, write).catch(() => undefined);
      },
      find: async (reference) => sink.find(reference),
    };
  },
});
