/** Logins as the providers give them to resolvers, with good defaults: Jane's. */
import {
  openIdProfile,
  type GateEvidence,
  type OAuthResult,
  type PassportProfile,
  type UnverifiedEmailCause,
} from '@vestibule/plugin-auth-node';
import type { TrialLogin } from '@vestibule/plugin-auth-backend/testing';

/** A login for {@link expectSignIn}. @public */
export interface TestLogin<TResult = unknown> extends TrialLogin {
  result: TResult;
}

/** What {@link github} is told; everything has a default. @public */
export interface GitHubLoginOptions {
  /** The name of the account. Default: `jane`. */
  login?: string;
  /** The numeric id. Default: 1001. */
  id?: number;
  /** Default: one made of the id. */
  nodeId?: string;
  /** The full name. Default: `Jane Doe`. */
  name?: string;
  /** The verified primary address; `null` for none. Default: `<login>@example.com`. */
  email?: string | null;
  /** Logins of organizations, as the gate `githubOrganizations` asks for them. Default: none. */
  organizations?: string[];
  /** `organization/team-slug`, as the gate `githubTeams` asks for them. Default: none. */
  teams?: string[];
  /** Further members of GitHub's user document. */
  document?: Record<string, unknown>;
  /** Default: `https://github.com`. */
  issuer?: string;
}

/**
 * A login at GitHub: `info.result.fullProfile` is a Passport profile whose `_json` is GitHub's user document.
 *
 * @example
 * ```ts
 * await expectSignIn(resolver).withCatalog(people).given(github({ login: 'jane' })).toResolveTo('user:default/jane');
 * ```
 * @public
 */
export function github(options: GitHubLoginOptions = {}): TestLogin<OAuthResult> {
  const { login = 'jane', id = 1001, name = 'Jane Doe', organizations = [], teams = [] } = options;
  const { issuer = 'https://github.com', nodeId = `U_kgDO${id}`, email = `${login}@example.com` } = options;
  const page = `${issuer}/${login}`;
  const picture = `https://avatars.githubusercontent.com/u/${id}`;
  const document = {
    login,
    id,
    node_id: nodeId,
    name,
    email,
    avatar_url: picture,
    html_url: page,
    ...options.document,
  };
  return {
    providerId: 'github',
    subject: String(id),
    issuer,
    profile: { ...(email !== null && { email }), displayName: name, picture },
    result: {
      fullProfile: {
        id: String(id),
        provider: 'github',
        displayName: name,
        username: login,
        ...(email !== null && { emails: [{ value: email, verified: true }] }),
        photos: [{ value: picture }],
        profileUrl: page,
        _json: document,
      },
      session: {
        accessToken: 'a-github-access-token',
        tokenType: 'bearer',
        scope: 'read:user user:email',
      },
    },
    evidence: { users: [String(id)], githubOrganizations: organizations, githubTeams: teams },
    claims: { id, node_id: nodeId, login },
  };
}

/** What {@link google} is told; everything has a default. @public */
export interface GoogleLoginOptions {
  /** Default: 21 digits. */
  sub?: string;
  /** `null` for none. Default: `jane@example.com`. */
  email?: string | null;
  /** Whether Google vouches for it. Default: true. */
  emailVerified?: boolean;
  /** The hosted domain. Default: none, as for a private account. */
  hd?: string;
  /** Default: `Jane Doe`. */
  name?: string;
  /** Further claims of the ID token. */
  claims?: Record<string, unknown>;
}

/** A login at Google: `info.result.fullProfile` is a Passport profile whose `_json` are the claims. @public */
export function google(options: GoogleLoginOptions = {}): TestLogin<OAuthResult> {
  const { sub = '107691503500061507151', email = 'jane@example.com', name = 'Jane Doe', hd } = options;
  const { emailVerified = true } = options;
  const picture = 'https://lh3.googleusercontent.com/a/jane';
  const issuer = 'https://accounts.google.com';
  const claims = {
    iss: issuer,
    sub,
    name,
    picture,
    ...(email !== null && { email, email_verified: emailVerified }),
    ...(hd !== undefined && { hd }),
    ...options.claims,
  };
  const fullProfile: PassportProfile = {
    id: sub,
    provider: 'google',
    displayName: name,
    ...(email !== null && { emails: [{ value: email, verified: emailVerified }] }),
    photos: [{ value: picture }],
    _json: claims,
  };
  return {
    providerId: 'google',
    subject: sub,
    issuer,
    ...openIdProfile(claims),
    result: {
      fullProfile,
      session: {
        accessToken: 'a-google-access-token',
        tokenType: 'Bearer',
        idToken: 'a-google-id-token',
        scope: 'openid email profile',
        expiresInSeconds: 3599,
      },
    },
    evidence: { users: [sub], hostedDomains: hd === undefined ? [] : [hd] },
    claims,
  };
}

/** What resolvers see after a login with OpenID Connect. @public */
export interface OidcLoginResult {
  fullProfile: {
    tokenset: {
      access_token: string;
      token_type: string;
      id_token?: string;
      scope?: string;
      expires_at?: number;
    };
    userinfo: { sub: string; [claim: string]: unknown };
  };
  /** Userinfo, and of the ID token what userinfo lacks. */
  claims?: { sub: string; [claim: string]: unknown };
}

/** What {@link oidc} is told; everything has a default. @public */
export interface OidcLoginOptions {
  /** Laid over Jane's; `undefined` takes one away. `email_verified` is true unless it says otherwise. */
  claims?: { sub?: string; [claim: string]: unknown };
  /** Default: `https://idp.example.com`. */
  issuer?: string;
  /** As `dangerouslyTrustUnverifiedEmail` in config. Default: false. */
  trustUnverifiedEmail?: boolean | readonly UnverifiedEmailCause[];
}

/**
 * A login with OpenID Connect: `info.result.fullProfile` is `{ tokenset, userinfo }`. Only an address that the provider
 * vouches for gets into the profile.
 *
 * @public
 */
export function oidc(options: OidcLoginOptions = {}): TestLogin<OidcLoginResult> {
  const { issuer = 'https://idp.example.com', trustUnverifiedEmail = false } = options;
  const jane = { sub: 'jane-123', name: 'Jane Doe', email: 'jane@example.com', email_verified: true };
  const claims: Record<string, unknown> = Object.fromEntries(
    Object.entries({ ...jane, ...options.claims }).filter(([, value]) => value !== undefined),
  );
  const userinfo = { ...claims, sub: options.claims?.sub ?? jane.sub };
  const groups = [claims['groups']].flat();
  const evidence: GateEvidence = {
    users: [userinfo.sub],
    groups: groups.filter((group) => typeof group === 'string'),
  };
  return {
    providerId: 'oidc',
    subject: userinfo.sub,
    issuer,
    ...openIdProfile(claims, { trustUnverifiedEmail }),
    result: {
      fullProfile: {
        tokenset: {
          access_token: 'an-access-token',
          token_type: 'bearer',
          id_token: 'an-id-token',
          scope: 'openid profile email',
          expires_at: 4_102_444_800,
        },
        userinfo,
      },
      claims: userinfo,
    },
    evidence,
    claims: userinfo,
  };
}
