/** What the provider shows: the login page, an error, and a drawing for each person. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html, markup } from '@vestibule/backend-plugin-api';
import type { DemoPerson } from './people.ts';

/** A page and the headers that protect it. */
export interface Page {
  html: string;
  headers: Record<string, string>;
}

export function loginPage(options: { people: readonly DemoPerson[]; clientId: string }): Page {
  const people = options.people.map(
    (person) => markup`
      <li>
        <button class="person" type="submit" name="person" value="${person.id}">
          <span class="initials" aria-hidden="true">${initials(person)}</span>
          <span class="words">
            <span class="name">Sign in as ${person.name}</span>
            <span class="email">${person.email}</span>
            <span class="note">${person.note}</span>
          </span>
        </button>
      </li>`,
  );
  return page(
    'Who are you today?',
    markup`<p class="eyebrow">Development identity provider</p>
    <h1>Who are you today?</h1>
    <p class="lead">Pick a person to continue to <b>${options.clientId}</b>. There are no passwords here.</p>
    <form method="post">
      <ul>${people}
      </ul>
      <button class="refuse" type="submit" name="refuse" value="yes">Cancel, and refuse the sign-in</button>
    </form>`,
  );
}

export function errorPage(code: string, description: string): Page {
  return page(
    'This did not work',
    markup`<p class="eyebrow">Development identity provider</p>
    <h1>This did not work</h1>
    <p class="lead">${description}</p>
    <p><code>${code}</code></p>`,
  );
}

/** @param form - oidc-provider's own, which the button sends. */
export function logoutPage(form: string): Page {
  return page(
    'Sign out?',
    markup`<p class="eyebrow">Development identity provider</p>
    <h1>Sign out?</h1>
    <p class="lead">You are signed in here, and at the applications that you came from.</p>
    ${new Html(form)}
    <button class="refuse" type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>`,
  );
}

export function signedOutPage(): Page {
  return page(
    'Signed out',
    markup`<p class="eyebrow">Development identity provider</p>
    <h1>You are signed out</h1>`,
  );
}

/** Initials on a disc. */
export function personPicture(person: DemoPerson): { svg: string; headers: Record<string, string> } {
  const svg =
    markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="${person.name}">
  <rect width="96" height="96" fill="#1f6f78"/>
  <circle cx="48" cy="38" r="17" fill="#f3e9d8"/>
  <path d="M14 96c2-24 16-35 34-35s32 11 34 35z" fill="#f3e9d8"/>
</svg>`.toString();
  return {
    svg,
    headers: {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'",
      'cache-control': 'max-age=3600',
      'x-content-type-options': 'nosniff',
    },
  };
}

function initials({ name }: DemoPerson): string {
  const words = name.split(' ').filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0] ?? '').join('');
}

function page(title: string, body: Html): Page {
  const style = readFileSync(new URL('../assets/login.css', import.meta.url), 'utf8');
  const styleHash = createHash('sha256').update(style).digest('base64');
  return {
    html: markup`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title}</title>
    <style>${new Html(style)}</style>
  </head>
  <body>
    <main>
    ${body}
    </main>
  </body>
</html>
`.toString(),
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // No form-action: browsers apply it to every redirect after the form, and those lead to the application.
      'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
  };
}
