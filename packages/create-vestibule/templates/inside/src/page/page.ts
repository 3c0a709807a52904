/** The page, and its script: it signs in as Backstage's front end does, by a popup that tells the page what came of it. */

/** A button for each provider of the config. */
export function page(title: string, providers: readonly string[]): string {
  const buttons = providers
    .map(
      (provider) =>
        `<button data-provider="${escapeHtml(provider)}">Sign in with ${escapeHtml(provider)}</button>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<h1>${escapeHtml(title)}</h1>
${buttons}
<pre id="answer" role="status"></pre>
<script src="/page.js"></script>
</html>`;
}

export const script = `
const answer = document.querySelector('#answer');
const show = ({ response, error }) => {
  answer.textContent = error ? error.name + ': ' + error.message : JSON.stringify(response.backstageIdentity.identity, null, 2);
};
const address = (provider, action) => '/api/auth/' + provider + '/' + action + '?' +
  new URLSearchParams({ env: 'development', origin: location.origin });

addEventListener('message', ({ origin, data }) => {
  if (origin === location.origin && data?.type === 'authorization_response') show(data);
});
for (const button of document.querySelectorAll('button')) {
  const { provider } = button.dataset;
  button.addEventListener('click', async () => {
    if (provider !== 'guest') return open(address(provider, 'start'), 'sign-in', 'width=450,height=730');
    const headers = { 'X-Requested-With': 'XMLHttpRequest' };
    const refreshed = await fetch(address(provider, 'refresh'), { headers });
    const body = await refreshed.json();
    show(refreshed.ok ? { response: body } : body);
  });
}
`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
