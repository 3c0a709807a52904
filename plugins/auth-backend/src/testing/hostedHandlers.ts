/** What a Backstage provider module from npm does at each route, around an answer of the test's. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** A hosted module's handlers, but for `logout`, without which it is of the proxy type. */
export function moduleHandlers(answer: () => Promise<object>) {
  return {
    async start(_request: IncomingMessage, response: ServerResponse) {
      response.statusCode = 302;
      response.setHeader('Location', 'https://vendor.example/authorize?state=theirs');
      await Promise.resolve(void response.end());
    },
    async frameHandler(_request: IncomingMessage, response: ServerResponse) {
      const message = { type: 'authorization_response', response: await answer() };
      response.setHeader('Set-Cookie', 'vendor-refresh-token=first');
      response.end(`<script>x('${encodeURIComponent(JSON.stringify(message))}')</script>`);
    },
    async refresh(_request: IncomingMessage, response: ServerResponse) {
      response.end(JSON.stringify(await answer()));
    },
  };
}

/** The handler that makes a module one of the OAuth type. */
export async function hostedLogout(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  await Promise.resolve(void response.end());
}
