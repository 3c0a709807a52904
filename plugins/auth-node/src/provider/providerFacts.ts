/** What a provider tells of itself, of either kind: to people, to the sign-in page, and to `vestibule migrate`. */
import type { JsonObject } from '@vestibule/backend-plugin-api';
import type { SignInIcon } from '../extensionPoints/authSignInPage.ts';

/** The part of a definition that no sign-in depends on. @public */
export interface ProviderFacts {
  /** The vendor's name, for people. */
  title: string;
  /** The drawing beside it on the sign-in page, where config names no icon. Default: a key, for the proxy type a shield. */
  icon?: SignInIcon;
  /** Default: nothing differs. */
  fromBackstage?: BackstageDifferences;
}

/** What of a block means something else than to Backstage's module of the same id, for whoever moves a config. @public */
export interface BackstageDifferences {
  /**
   * What to do so that e-mail addresses count; an address counts only when the provider vouches for it. Absent: addresses
   * are none of this provider's business.
   */
  addressAdvice?(block: JsonObject): string;
  /** By key, what it means that the key is not in the block. */
  absentKeys?: Readonly<Record<string, BlockRemark>>;
  /** Backstage's module answers 500 without `auth.session.secret`. */
  needsSessionSecret?: true;
  /** What a block promises and does not hold, there and here. */
  caveats?(block: JsonObject): readonly (BlockRemark & { key?: string })[];
}

/** One sentence that follows the key, and what to do. @public */
export interface BlockRemark {
  says: string;
  nextStep: string;
}
