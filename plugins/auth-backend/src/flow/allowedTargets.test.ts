/** Where a redirect that failed ends. */
import { describe, expect, it } from '@jest/globals';
import { AllowedTargets } from './allowedTargets.ts';

const home = 'https://acme.test';

function failureAddress(urls: { app: string; home: string; page?: string }, redirectUrl: string): string {
  const targets = new AllowedTargets(urls.app, urls.home, []);
  if (urls.page !== undefined) targets.allow(urls.page);
  return targets.failureAddress(redirectUrl);
}

describe('a redirect that failed', () => {
  it.each([
    ['a front end elsewhere', { app: 'https://app.test', home, page: home }, 'https://app.test/x', 'app'],
    ['a front end beside the backend', { app: `${home}/app`, home, page: home }, `${home}/app/x`, 'app'],
    ['the backend beside a front end', { app: home, home: `${home}/back`, page: home }, `${home}/x`, 'app'],
    ['a front end in place of our page', { app: home, home }, `${home}/x`, 'app'],
    ['our page alone', { app: home, home, page: home }, `${home}/x?a=b`, 'page'],
    ['our page beside a front end', { app: 'https://app.test', home, page: home }, `${home}/x?a=b`, 'page'],
    ['our page, under a path', { app: home, home: `${home}/back`, page: home }, `${home}/back/x`, 'page'],
    ['our page, of a name alike', { app: home, home: `${home}/back`, page: home }, `${home}/backx`, 'app'],
  ])('from %s', (_, urls, redirectUrl, where) => {
    const expected = where === 'app' ? new URL(urls.app).href : redirectUrl;
    expect(failureAddress(urls, redirectUrl)).toBe(expected);
  });
});
