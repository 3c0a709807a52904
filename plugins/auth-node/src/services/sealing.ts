/** The service `vestibule.auth.sealing`: encrypts what sign-in gives out of its hands, and marks the tokens it makes. */
import { createServiceRef } from '@vestibule/backend-plugin-api';
import { defaultServiceFactory } from './defaultServices.ts';

/**
 * What a key is for. What is sealed for one purpose never opens for another. With a `salt`, such as a session token, it opens
 * only for whoever has that too.
 *
 * @public
 */
export type SealingPurpose = string | { readonly name: string; readonly salt: string };

/** Makes and recognises opaque tokens of one kind, of 64 characters, that show by themselves that we made them. @public */
export interface MarkedTokens {
  /** A new one. `owner`: what it is good for alone. Default: anything. */
  create(owner?: string): string;
  /** Whether we made it, for this owner, and under a secret that still opens. */
  isOurs(token: string, owner?: string): boolean;
}

/**
 * Seals under keys that are derived from the sealing secret, one for each purpose, with AES-256-GCM. Of several secrets the first
 * seals, and all open. For the plugin `auth` and its modules.
 *
 * @public
 */
export interface SealingService {
  /**
   * Resolves once the secret is known; the other methods, and those of marked tokens, are for afterwards. Sign-in awaits it
   * while it starts, after the config was judged. A later call resolves at once, or tries again what failed.
   */
  ready(): Promise<void>;
  /**
   * Seals text, as base64url.
   *
   * @param label - Names the very thing, for example the name of the cookie it travels in: one of another name does not open.
   */
  seal(purpose: SealingPurpose, label: string, text: string): string;
  /** Opens what was sealed for this purpose and label, to the letter; anything else is `undefined`. */
  open(purpose: SealingPurpose, label: string, sealed: string): string | undefined;
  /**
   * What to keep in place of a text that was sealed under a former secret: the same, sealed under the one that seals now.
   * `undefined` where nothing is to be done: it is sealed under that one, or does not open. For what is kept longer than a
   * session, and written once.
   */
  reseal(purpose: SealingPurpose, label: string, sealed: string): string | undefined;
  /** The tokens of a kind. May be called before the secret is known. */
  markedTokens(purpose: string): MarkedTokens;
}

/**
 * Sealing. By default under `auth.session.secret`, of which there may be several, or under a secret that is generated once and kept in the database where a
 * config has none.
 *
 * @public
 */
export const sealingServiceRef = createServiceRef<SealingService>({
  id: 'vestibule.auth.sealing',
  defaultFactory: async () => defaultServiceFactory('sealingServiceFactory'),
});
