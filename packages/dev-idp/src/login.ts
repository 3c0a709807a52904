/** The login page: choosing a person is login and consent at once; or the person refuses. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '@vestibule/backend-plugin-api';
import type { Provider } from 'oidc-provider';
import { errorPage, loginPage } from './pages.ts';
import type { DemoPerson } from './people.ts';

const maxFormBytes = 4096;

/** `GET` shows the people, `POST` takes `person=<id>` or `refuse=yes`. */
export function createLoginHandler(options: {
  provider(): Provider;
  people(): readonly DemoPerson[];
}): HttpHandler {
  return (request, response) => {
    answer(options.provider(), options.people(), request, response).catch((error: unknown) => {
      if (response.headersSent) return response.destroy();
      // Typically an interaction that has expired, or that began before a restart.
      const description = error instanceof Error ? error.message : '';
      const { html, headers } = errorPage('invalid_request', `${description}. Start the sign-in again.`);
      response.writeHead(400, headers).end(html);
    });
  };
}

async function answer(
  provider: Provider,
  people: readonly DemoPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const { html, headers } = loginPage({ people, clientId: String(params.client_id) });
    response.writeHead(200, headers).end(html);
    return;
  }
  const form = await readForm(request);
  if (form.get('refuse') === 'yes') {
    await provider.interactionFinished(request, response, {
      error: 'access_denied',
      error_description: 'The person refused to sign in.',
    });
    return;
  }
  const person = people.find(({ id }) => id === form.get('person'));
  if (!person) throw new Error('There is no such person');
  const grant = new provider.Grant({ accountId: person.id, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  await provider.interactionFinished(request, response, {
    login: { accountId: person.id, remember: false },
    consent: { grantId: await grant.save() },
  });
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString('utf8');
    if (text.length > maxFormBytes) throw new Error('The form is too large');
  }
  return new URLSearchParams(text);
}
