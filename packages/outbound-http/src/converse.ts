/**
 * One request on a connection, and its answer read to the end, by the handler that undici's own client is made of: of a stream
 * that everybody reads to its end at once, nothing is needed.
 */
import type { Dispatcher } from 'undici';

/** How long to wait, and what is thrown then. */
export interface ConverseLimits {
  milliseconds: number;
  late(): Error;
  /** Ends the call early. */
  signal: AbortSignal | undefined;
  ended(reason: unknown): Error;
}

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
 * undici looks at a deadline only once a call has a connection, so nobody waits for it to look: the time begins with the call,
 * and `connect` counts.
 *
 * @param connect - Finds the connection.
 */
export async function converse(
  { milliseconds, late, signal, ended }: ConverseLimits,
  request: Dispatcher.DispatchOptions,
  connect: () => Promise<Dispatcher>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const answer: Answer = { status: 0, headers: {}, body: new Uint8Array() };
    let connection: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    let isOver = false;

    const finish = (): void => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error): void => {
      if (isOver) return;
      finish();
      failure = error;
      reject(error);
      connection?.abort(error);
    };
    const onAbort = (): void => fail(ended(signal?.reason));
    // A timer of AbortSignal would not keep a process alive that has nothing else to wait for.
    const timer = setTimeout(() => fail(late()), milliseconds);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted) {
      onAbort();
      return;
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        connection = controller;
        if (failure) controller.abort(failure);
      },
      onResponseStart(_controller, status, headers) {
        // An informational answer comes before the one that counts.
        answer.status = status;
        answer.headers = {};
        for (const [name, value] of Object.entries(headers)) {
          if (value !== undefined) answer.headers[name] = value;
        }
      },
      onResponseData: (_controller, chunk) => void chunks.push(chunk),
      onResponseEnd() {
        if (isOver) return;
        finish();
        const [first] = chunks;
        answer.body = chunks.length === 1 && first ? first : Buffer.concat(chunks);
        resolve(answer);
      },
      onResponseError: (_controller, error) => fail(error),
    };
    connect()
      .then((dispatcher) => {
        if (!isOver) dispatcher.dispatch(request, handler);
      })
      .catch(fail);
  });
}
