/** The extension point `auth.signInPage`: what a page that offers sign-in needs to know, and to be allowed. */
import { createExtensionPoint } from '@vestibule/backend-plugin-api';

/** The names of icons that `auth.providers.<id>.icon` may give; without one, the type of provider decides. @public */
export const signInIcons = ['building', 'github', 'google', 'key', 'openid', 'person', 'shield'] as const;

/** The name of an icon. @public */
export type SignInIcon = (typeof signInIcons)[number];

/** One way to sign in. @public */
export interface SignInOption {
  providerId: string;
  environment: string;
  /** The type of provider, for example `oidc`; the same as `providerId` unless config says otherwise. */
  type: string;
  /** `auth.providers.<id>.icon`: a name of {@link signInIcons}, or an https URL of a picture. */
  icon?: string;
  /** Of the type of provider, where it says one: stands beside the title where config names no icon, and under a picture. */
  drawing?: SignInIcon;
  /** For people, for example `OpenID Connect`. */
  title: string;
  kind: 'oauth' | 'proxy';
  /** Whether an identity comes of it; otherwise it is access delegation only. */
  signIn: boolean;
  /** One sentence where the provider is disabled by a fault in its config. */
  problem?: string;
}

/** What a page that offers sign-in is told and allowed. Use it in the init of a module. @public */
export interface AuthSignInPageExtensionPoint {
  /** Allows popups and redirects of sign-in to end at this origin, besides that of `app.baseUrl`. */
  allowOrigin(origin: string): void;
  /** The choices, in the order of the config. Known once the auth plugin has started; empty before. */
  signInOptions(): readonly SignInOption[];
}

/** Depend on it in a module of the auth plugin: `deps: { signIn: authSignInPageExtensionPoint }`. @public */
export const authSignInPageExtensionPoint = createExtensionPoint<AuthSignInPageExtensionPoint>({
  id: 'auth.signInPage',
});
