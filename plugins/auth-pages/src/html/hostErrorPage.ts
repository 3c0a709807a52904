/** The pages with which the host itself refuses a person: the same as those of sign-in. */
import type { RenderErrorPage } from '@vestibule/backend-plugin-api';
import type { MessageKey } from '../language/catalogue.ts';
import type { Pages } from '../pages.ts';
import { endingHeaders, endingPage } from './endingPage.ts';
import { codeSentence, refusalSentences } from './references.ts';

/** @param appUrl - Where the way back leads. */
export function hostErrorPage(pages: Pages, appUrl: string): RenderErrorPage {
  return (request, { status, code, message, reference }) => {
    const texts = pages.textsFor(request);
    return {
      headers: endingHeaders(pages),
      language: texts.language,
      html: endingPage(pages, texts, {
        appUrl,
        heading: texts.say(headingOf(status)),
        paragraphs: [
          ...refusalSentences(texts, code, message),
          codeSentence(texts, { code, reference }, 'log'),
        ],
      }),
    };
  };
}

function headingOf(status: number): MessageKey {
  if (status === 404) return 'endings.noSuchPage';
  return status === 429 ? 'endings.tooMany' : 'endings.notNow';
}
