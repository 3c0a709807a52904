/** Taking a token back. https://docs.github.com/en/rest/apps/oauth-applications#delete-an-app-token */
import { OutboundError, type OutboundHttp } from '@vestibule/outbound-http';
import { explanationIn } from '@vestibule/plugin-auth-node';
import { commonHeaders, failure, unavailable } from './githubApi.ts';

/** A token that GitHub does not know (any more) is gone, too. @throws ProviderUnavailableError */
export async function revokeToken(options: {
  api: string;
  clientId: string;
  clientSecret: string;
  accessToken: string;
  http: OutboundHttp;
  timeoutMilliseconds: number;
  signal: AbortSignal;
}): Promise<void> {
  const { api, clientId, clientSecret, accessToken, http, timeoutMilliseconds, signal } = options;
  const url = `${api}/applications/${encodeURIComponent(clientId)}/token`;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const response = await http
    .fetch(url, {
      method: 'DELETE',
      headers: { ...commonHeaders, authorization: `Basic ${basic}`, 'content-type': 'application/json' },
      body: JSON.stringify({ access_token: accessToken }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]),
    })
    .catch((error: unknown) => {
      throw unavailable(url, error instanceof OutboundError ? error.code : 'no answer', { cause: error });
    });
  const { status } = response;
  if ([204, 404, 422].includes(status)) return;
  const answer = { status, headers: Object.fromEntries(response.headers), text: await response.text() };
  const words = explanationIn(answer, { headers: { authorization: `Basic ${basic}` } });
  throw failure(url, status, words === undefined ? {} : { providerMessage: words });
}
