/** The service `vestibule.auth.signInRecord`: takes the record of every sign-in, refresh and sign-out at its end. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import type { SignInRecord } from '../record/signInRecord.ts';
import { defaultServiceFactory } from './defaultServices.ts';

/**
 * `login`: the provider proved somebody. `session`: a refresh or a sign-out. `unproven`: a sign-in that failed before, which
 * costs whoever makes it nothing. A sink that stores records bounds each share by itself, so that nobody pushes out what others
 * want explained.
 *
 * @public
 */
export type SignInRecordShare = 'login' | 'session' | 'unproven';

/** What has ended. @public */
export interface FinishedSignIn {
  readonly record: SignInRecord;
  readonly share: SignInRecordShare;
  /**
   * Whether it is worth storing. One that is not costs whoever makes it nothing, such as a request that no session came with:
   * it is worth a line in a log.
   */
  readonly isStored: boolean;
  /** Where a fault of the code was thrown, for a log only: frames without the message. */
  readonly stack?: readonly string[];
}

/**
 * Takes records. Replace it with one factory for {@link signInRecordServiceRef}, or put a sink beside the default with
 * `createServiceDecorator`.
 *
 * Records hold no token, code, secret or e-mail address, and need not be redacted again.
 *
 * @public
 */
export interface SignInRecordService {
  /**
   * Takes a record. Sign-in waits for it after a refusal, so that the reference on the page can be looked up, and never after
   * a success: resolves within a second, and never rejects, whatever becomes of the record.
   */
  write(finished: FinishedSignIn): Promise<void>;
  /**
   * The record with a reference, for `/v1/decisions/<reference>` in development. A sink that stores none answers `undefined`.
   * `vestibule explain` does not ask it: it reads the table of the default.
   */
  find(reference: string): Promise<SignInRecord | undefined>;
}

/** Takes records. By default they go to the log, and those worth storing to the database as well. @public */
export const signInRecordServiceRef = createServiceRef<SignInRecordService>({
  id: 'vestibule.auth.signInRecord',
  defaultFactory: async () => defaultServiceFactory('signInRecordServiceFactory'),
});
