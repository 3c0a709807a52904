/**
 * One request on a connection, and its answer read to the end, by the handler that undici's own client is made of: of a stream
 * that everybody reads to its end at once, nothing is needed.
 */
import type { Deadline } from '@vestibule/backend-plugin-api';
import type { Dispatcher } from 'undici';

/** As it travelled. */
export interface Answer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | string[]>;
  body: Uint8Array;
}

/**
 * Sends a request, and reads the answer.
 *
 * @param repeats - Whether it is sent once more where the connection is closed before a byte of the answer: one that was kept
 *   may be closed by the other side in the moment in which the next request goes out (RFC 9110, section 9.2.2). A code or a
 *   refresh token that was spent by the request that was cut is lost with its answer, whether it is sent again or not.
 */
export async function converse(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  { repeats, deadline }: { repeats: boolean; deadline: Deadline },
): Promise<Answer> {
  for (let left = repeats ? 1 : 0; ; left -= 1) {
    try {
      return await attempt(dispatcher, request, deadline);
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      if (left === 0) throw error.cause;
    }
  }
}

/** The other side closed the connection before the first byte of an answer. */
class UnansweredError extends Error {}

const closedCodes = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** undici looks at a deadline only once a call has a connection; here it is cut when the time is over, wherever it is. */
async function attempt(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  deadline: Deadline,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let headers: Answer['headers'] = {};
    dispatcher.dispatch(request, {
      onRequestStart: (controller) => deadline.onOver((error) => controller.abort(error)),
      onResponseStart(_controller, statusCode, given) {
        // An informational answer comes before the one that counts.
        status = statusCode;
        headers = {};
        for (const [name, value] of Object.entries(given)) if (value !== undefined) headers[name] = value;
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        const [first] = chunks;
        resolve({ status, headers, body: chunks.length === 1 && first ? first : Buffer.concat(chunks) });
      },
      onResponseError(_controller, error) {
        const isUnanswered = status === 0 && closedCodes.has(String((error as { code?: unknown }).code));
        reject(isUnanswered ? new UnansweredError('closed without an answer', { cause: error }) : error);
      },
    });
  });
}
