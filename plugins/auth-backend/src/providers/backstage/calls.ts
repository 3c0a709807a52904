/**
 * The calls to the outside that a hosted Backstage module makes with clients of its own, by what Node tells of them
 * (`node:diagnostics_channel`): `http` and `https`, and undici, which `fetch` is.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** How one call ended. */
export interface ModuleCall {
  /** Without the path, which may hold what is secret. */
  host: string;
  /** Absent where no answer came. */
  status?: number;
}

/** undici's own, as far as it is documented. */
interface UndiciRequest {
  readonly origin?: unknown;
}

/**
 * Runs an act, and tells of each call that ends meanwhile.
 *
 * @param options - `isOurs` says whether what is running now belongs to the act: calls of the whole process are seen.
 */
export async function watchCalls<T>(
  options: { isOurs: () => boolean; onCall: (call: ModuleCall) => void },
  act: () => Promise<T>,
): Promise<T> {
  const { isOurs, onCall } = options;
  const begun = new WeakSet<object>();
  const channels: Readonly<Record<string, (message: never) => void>> = {
    'http.client.request.start': ({ request }: { request: ClientRequest }) => {
      if (!isOurs()) return;
      begun.add(request);
      // Unlike a listener for `error`, this one takes no error away from the module.
      request.once(errorMonitor, () => onCall({ host: request.host }));
    },
    'http.client.response.finish': ({
      request,
      response,
    }: {
      request: ClientRequest;
      response: IncomingMessage;
    }) => {
      if (begun.has(request)) onCall({ host: request.host, status: response.statusCode ?? 0 });
    },
    'undici:request:create': ({ request }: { request: UndiciRequest }) => {
      if (isOurs()) begun.add(request);
    },
    'undici:request:headers': ({
      request,
      response,
    }: {
      request: UndiciRequest;
      response: { statusCode: number };
    }) => {
      if (begun.has(request)) onCall({ host: hostOf(request), status: response.statusCode });
    },
    'undici:request:error': ({ request }: { request: UndiciRequest }) => {
      if (begun.has(request)) onCall({ host: hostOf(request) });
    },
  };
  const listeners = Object.entries(channels).map(
    ([name, listen]) => [name, (message: unknown) => listen(message as never)] as const,
  );
  for (const [name, listener] of listeners) subscribe(name, listener);
  try {
    return await act();
  } finally {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
  }
}

function hostOf({ origin }: UndiciRequest): string {
  return String(origin).replace(/^\w+:\/\//, '');
}
