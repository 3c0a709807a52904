/** The look and the languages of the pages, as the config makes them. */
import { describe, expect, it } from '@jest/globals';
import { endingPage } from './html/endingPage.ts';
import { refusalSentences } from './html/references.ts';
import { Pages, setLanguageHeaders } from './pages.ts';

const asking = (language?: string) => ({
  headers: language === undefined ? {} : { 'accept-language': language },
});
const page = { appUrl: 'http://portal.example/', heading: 'Well', paragraphs: ['Done'] };

describe('the name of the portal', () => {
  it('is that of the sign-in page, else of the app, else ours', () => {
    expect(new Pages({ title: 'App', settings: { title: 'Page' } }).title).toBe('Page');
    expect(new Pages({ title: 'App' }).title).toBe('App');
    expect(new Pages({ title: ' ' }).title).toBe('Vestibule');
  });
});

describe('the texts', () => {
  it('are in the language that the browser asks for', () => {
    const pages = new Pages({});
    expect(pages.textsFor(asking('de-AT,de;q=0.9,en;q=0.8')).say('common.backToPortal')).toBe(
      'Zurück zum Portal',
    );
    expect(pages.textsFor(asking('fr')).say('common.backToPortal')).toBe('Back to the portal');
    const html = endingPage(pages, pages.textsFor(asking('de')), page);
    expect(html).toContain('<html lang="de">');
    expect(html).toContain('Zurück zum Portal');
  });

  it('are in the one language that the config lists, whatever the browser asks for', () => {
    const pages = new Pages({ settings: { languages: ['de'] } });
    expect(pages.textsFor(asking('en')).language).toBe('de');
  });

  it('are in the first that the config lists where the browser asks for none of them', () => {
    const pages = new Pages({ settings: { languages: ['de', 'en'] } });
    expect([pages.textsFor(asking('fr')).language, pages.textsFor(asking('en')).language]).toEqual([
      'de',
      'en',
    ]);
  });

  it('of an own catalogue stand before ours, and English stands where it has none', () => {
    const messages = {
      'de-CH': { common: { backToPortal: 'Zurück zum Portal, gäll' } },
      fr: {
        signIn: { heading: 'Connexion à {title}' },
        picker: { groups: { one: '{count} groupe', other: '{count} groupes' } },
      },
    };
    const pages = new Pages({ settings: { messages } });
    const [swiss, french] = ['de-CH', 'fr'].map((tag) => pages.textsFor(asking(tag)));
    expect([swiss?.say('common.backToPortal'), swiss?.say('common.tryAgain')]).toEqual([
      'Zurück zum Portal, gäll',
      'Erneut versuchen',
    ]);
    expect(french?.say('signIn.heading', { title: 'Acme' })).toBe('Connexion à Acme');
    expect(french?.say('common.tryAgain')).toBe('Try again');
    // French counts 0 as one.
    expect([0, 1, 2].map((count) => french?.say('picker.groups', { count }))).toEqual([
      '0 groupe',
      '1 groupe',
      '2 groupes',
    ]);
    expect(french?.sections('signIn').signIn).toMatchObject({
      heading: 'Connexion à {title}',
      tab: 'Sign in',
    });
  });

  it('of Arabic have its six plural forms, and the page runs from right to left', () => {
    const groups = {
      zero: '0',
      one: '1',
      two: '2',
      few: 'few {count}',
      many: 'many {count}',
      other: 'other {count}',
    };
    const pages = new Pages({ settings: { messages: { ar: { picker: { groups } } } } });
    const texts = pages.textsFor(asking('ar-EG'));
    expect(endingPage(pages, texts, page)).toContain('<html lang="ar" dir="rtl">');
    expect([0, 1, 2, 5, 20, 100].map((count) => texts.say('picker.groups', { count }))).toEqual([
      '0',
      '1',
      '2',
      'few \u20685\u2069',
      'many \u206820\u2069',
      'other \u2068100\u2069',
    ]);
  });

  it('of a refusal are the translation, and behind it what is more exact in English', () => {
    const texts = new Pages({}).textsFor(asking('de'));
    const english = new Pages({}).textsFor(asking('en'));
    const sentences = (of: typeof texts, code: string, exact: string) =>
      refusalSentences(of, code, exact).map(String);
    expect(
      sentences(texts, 'ERR_GATE_USER', 'Your account is not among those that may sign in here.'),
    ).toEqual(['Ihr Konto gehört nicht zu denen, die sich hier anmelden dürfen.']);
    expect(sentences(texts, 'ERR_AUTH_PROVIDER_UNKNOWN', "Unknown auth provider 'x<y'")).toEqual([
      'Diesen Anmeldedienst gibt es hier nicht.',
      '<span lang="en" dir="ltr">Unknown auth provider &#39;x&lt;y&#39;</span>',
    ]);
    expect(sentences(english, 'ERR_AUTH_PROVIDER_UNKNOWN', "Unknown auth provider 'x'")).toEqual([
      "Unknown auth provider 'x'",
    ]);
    expect(sentences(english, 'ERR_HTTP_ROUTE_NOT_FOUND', 'Not found')).toEqual([
      'Nothing is at this address. It may be misspelt, or have moved.',
    ]);
    expect(sentences(texts, 'ERR_OF_A_MODULE', 'Its own words')).toEqual(['Its own words']);
  });
});

it('says on what the language of an answer depends, beside what it depends on already', () => {
  const texts = new Pages({}).textsFor(asking('de'));
  for (const [before, after] of [
    [undefined, 'Accept-Language'],
    ['Origin', 'Origin, Accept-Language'],
    ['accept-language', 'accept-language'],
    ['*', '*'],
  ] as const) {
    const headers = new Map<string, unknown>([['Vary', before]]);
    const response = {
      getHeader: (name: string) => headers.get(name),
      setHeader: (name: string, value: unknown) => headers.set(name, value),
    };
    setLanguageHeaders(response as never, texts);
    expect([headers.get('Vary'), headers.get('Content-Language')]).toEqual([after, 'de']);
  }
});
