/**
 * What the pages of sign-in have in common: the frame, the look of the portal, and the texts.
 *
 * @packageDocumentation
 */
export { signInPageSchema, type SignInPageSettings } from './config.ts';
export { sendEndingPage, type EndingPage, type PageContext, type PopupMessage } from './html/endingPage.ts';
export { codeSentence, newReference, refusalSentences } from './html/references.ts';
export { signInPageWarnings } from './judge.ts';
export type { Catalogue, MessageKey } from './language/catalogue.ts';
export type { Texts } from './language/texts.ts';
export { Pages, setLanguageHeaders, type PageParts } from './pages.ts';
export { pagesServiceRef } from './pagesService.ts';
