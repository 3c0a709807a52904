/** Signing in without a browser: follows an authorization request through the login page to its answer. */

/** Who signs in, or that they refuse. @public */
export type LoginAnswer = { as: string } | { refuse: true };

/**
 * Follows an authorization URL with fetch and cookies.
 *
 * @param url - The URL to which an application redirected, at a provider of this package.
 * @returns Where the provider sends the browser in the end: the application's callback with `code` or `error`.
 * @throws Error when the provider shows an error page instead, with its status and words.
 * @public
 */
export async function walkAuthorization(url: string, answer: LoginAnswer): Promise<string> {
  const provider = new URL('.', url).href;
  const cookies = new Map<string, string>();
  let target = url;
  let form: URLSearchParams | undefined;
  // Authorization, login page, its form, resumption, callback: five steps. More means a loop.
  for (let step = 0; step < 8; step += 1) {
    const response = await fetch(target, {
      method: form ? 'POST' : 'GET',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { body: form }),
    });
    form = undefined;
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const page = await response.text();
    if (location !== null) {
      target = new URL(location, target).href;
      if (!target.startsWith(provider)) return target;
    } else if (response.status === 200 && target.includes('/interaction/')) {
      form = new URLSearchParams('as' in answer ? { person: answer.as } : { refuse: 'yes' });
    } else {
      const words = page.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replace(/\s+/g, ' ');
      throw new Error(
        `the identity provider answered ${response.status} at ${new URL(target).pathname}: ${words}`,
      );
    }
  }
  throw new Error('the authorization went in circles');
}
