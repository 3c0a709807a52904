/** The login page of the emulators: one form for each person, whose hidden fields say who and where to. */

/** Follows an authorization URL as the person whose form has this value in this field. */
export async function walkLoginPage(
  url: string | URL,
  { field, value }: { field: string; value: string },
): Promise<string> {
  const page = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(10_000) });
  const html = await page.text();
  if (page.status !== 200) throw new Error(`the vendor answered ${page.status}: ${wordsOf(html)}`);
  for (const [, action = '', content = ''] of html.matchAll(
    /<form[^>]* action="([^"]*)"[^>]*>(.*?)<\/form>/gs,
  )) {
    const form = new URLSearchParams();
    for (const [, name = '', given = ''] of content.matchAll(/<input[^>]* name="([^"]*)" value="([^"]*)"/g)) {
      form.set(unescape(name), unescape(given));
    }
    if (form.get(field) !== value) continue;
    const answer = await fetch(new URL(unescape(action), url), {
      method: 'POST',
      body: form,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    });
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the vendor answered ${answer.status} to its own form`);
    return location;
  }
  throw new Error(`nobody on the login page has ${field} '${value}': ${wordsOf(html)}`);
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#039;': "'",
};

function unescape(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#0?39);/g, (entity) => entities[entity] ?? entity);
}

function wordsOf(html: string): string {
  return html
    .replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
