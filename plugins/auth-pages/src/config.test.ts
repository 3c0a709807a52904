/** What `auth.signInPage` may say, and how its faults are told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkConfig, type JsonObject } from '@vestibule/backend-plugin-api';
import { mockServices } from '@vestibule/backend-test-utils';
import { z } from 'zod';
import { signInPageSchema } from './config.ts';
import { signInPageWarnings } from './judge.ts';

const schema = z.object({ auth: z.object({ signInPage: signInPageSchema }) });
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-look-'));
  writeFileSync(join(folder, 'logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(folder, 'large.png'), Buffer.alloc(65 * 1024));
});
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(signInPage: JsonObject): string[] {
  const config = mockServices.rootConfig({ data: { auth: { signInPage } } });
  const { problems } = checkConfig({ config, schemas: [{ schema, owner: 'test' }], isProduction: false });
  return problems.map(({ message, suggestion }) => [message, suggestion].filter(Boolean).join(' '));
}

it('takes everything at once', () => {
  expect(
    faultsOf({
      title: 'Acme',
      logo: join(folder, 'logo.svg').replace(/^/, 'file:'),
      colors: { light: { accent: '#8a2d5c', onAccent: '#fff' }, dark: { background: 'hsl(200 10% 10%)' } },
      languages: ['de', 'fr', 'en'],
      messages: {
        fr: { signIn: { heading: 'Connexion à {title}' }, picker: { found: { one: '…', other: '{count}' } } },
        de: { refusals: { ERR_USER_NOT_FOUND: 'Schreiben Sie an portal@example.com.' } },
      },
      showTokens: true,
    }),
  ).toEqual([]);
});

describe('a fault', () => {
  it.each([
    ['a colour', { colors: { light: { accent: 'teal' } } }, /colors\.light\.accent must be a colour such as/],
    [
      'a misspelt colour',
      { colors: { light: { acent: '#fff' } } },
      /acent is not a known key Did you mean 'accent'/,
    ],
    ['a scheme', { colors: { ligth: { accent: '#fff' } } }, /ligth is not a known key Did you mean 'light'/],
    [
      'a logo elsewhere',
      { logo: 'https://cdn.example/logo.svg' },
      /logo must be a file, a path of this origin/,
    ],
    ['a logo by protocol', { logo: '//cdn.example/logo.svg' }, /logo must be a path of this origin/],
    ['a logo that is a page', { logo: 'data:text/html,<script>' }, /logo must be a data URL of an SVG/],
    ['a logo that is not there', { logo: './nowhere.svg' }, /logo names a file that cannot be read/],
    ['a logo of no kind', { logo: './logo.pdf' }, /logo must be a file of one of the kinds \.svg, \.png/],
    ['a language', { languages: ['en', 'deutsch'] }, /languages\[1\]/],
    ['a language without texts', { languages: ['fr'] }, /names 'fr', which has no texts/],
    ['a spelling of a language', { messages: { 'pt-br': {} } }, /pt-br/],
    ['a section', { messages: { fr: { singIn: {} } } }, /singIn is not a known key Did you mean 'signIn'/],
    [
      'a text',
      { messages: { fr: { signIn: { heding: 'x' } } } },
      /heding is not a known key Did you mean 'heading'/,
    ],
    ['a code', { messages: { fr: { refusals: { ERR_GATE_USR: 'x' } } } }, /Did you mean 'ERR_GATE_USER'/],
    ['an empty text', { messages: { fr: { signIn: { tab: ' ' } } } }, /signIn\.tab must be a text/],
    [
      'a placeholder',
      { messages: { fr: { signIn: { heading: 'À {titel}' } } } },
      /heading has the placeholder \{titel\}, and may have \{title\}/,
    ],
    [
      'a plural form',
      { messages: { fr: { picker: { found: { two: 'x' } } } } },
      /found must have the form 'other'/,
    ],
  ])('in %s is told with its key', (_, signInPage, message) => {
    expect(faultsOf(signInPage)).toEqual([expect.stringMatching(message)]);
  });

  it('in the size of the logo', () => {
    expect(faultsOf({ logo: join(folder, 'large.png').replace(/^\//, 'file:///') })).toEqual([
      expect.stringContaining('names a file of more than 64 KB'),
    ]);
  });
});

it('warns of colours that are hard to read, and of tokens in production', () => {
  const config = mockServices.rootConfig({ data: {} });
  const settings = { colors: { light: { accent: '#ffd400' } }, showTokens: true };
  const warnings = signInPageWarnings(config, settings, { isProduction: true });
  expect(warnings.map(({ path }) => path)).toEqual([
    'auth.signInPage.colors.light.accent',
    'auth.signInPage.colors.light.accent',
    'auth.signInPage.colors.light.accent',
    'auth.signInPage.showTokens',
  ]);
  expect(warnings[0]?.message).toContain('links on surface has a contrast of 1.43:1');
  expect(signInPageWarnings(config, { showTokens: true }, { isProduction: false })).toEqual([]);
  expect(signInPageWarnings(config, undefined, { isProduction: true })).toEqual([]);
});
