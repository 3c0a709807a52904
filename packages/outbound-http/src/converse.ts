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
 * Sends a request, and reads the answer. undici looks at a deadline only once a call has a connection; here it is cut when
 * the time is over, wherever it is.
 */
export async function converse(
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
      onResponseError: (_controller, error) => reject(error),
    });
  });
}
