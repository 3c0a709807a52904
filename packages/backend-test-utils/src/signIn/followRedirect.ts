/** The way of a browser at a vendor whose stand-in asks nothing: one request, answered with a redirect. */

export async function followRedirect(url: URL): Promise<URL> {
  const response = await fetch(url, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`${url.origin} answered ${response.status} without a redirect.`);
  return new URL(location, url);
}
