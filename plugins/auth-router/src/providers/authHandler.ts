/** The auth handler of old: makes the profile that the person sees out of the vendor's, and may refuse. */
import type {
  OAuthSession,
  ProfileInfo,
  ProfileTransform,
  ProfileTransformContext,
  SignInDenial,
} from '@vestibule/plugin-auth-node';

/** The tokens under the names that auth handlers of old know, beside the members of the result. @public */
export interface AuthHandlerTokens {
  accessToken?: string;
  /** There where the vendor is an OpenID Provider; verified. */
  idToken?: string;
  /** As the token endpoint spells them. */
  params?: { scope?: string; token_type?: string; expires_in?: number; id_token?: string };
}

/**
 * Converts the vendor's answer into the profile, at sign-in and at every refresh, before gates and resolvers. It refuses by
 * throwing, or with `context.deny(reason)`. Members of the profile that are `undefined` are left out.
 *
 * @public
 */
export type AuthHandler<TResult = unknown> = (
  result: TResult & AuthHandlerTokens,
  context: ProfileTransformContext,
) => Promise<{ profile: ProfileInfo } | SignInDenial> | { profile: ProfileInfo } | SignInDenial;

/** The handler as the transform of a provider. */
export function transformOf<TResult>(handler: AuthHandler<TResult>): ProfileTransform<TResult> {
  return async (result, context) => {
    const made = await handler({ ...result, ...tokensIn(result) }, context);
    // Anything else is no profile, which auth-backend says.
    if (!('profile' in made)) return made;
    const members = Object.entries(made.profile).filter(([, value]) => value !== undefined);
    return { profile: Object.fromEntries(members) };
  };
}

/** What of the tokens a result holds: Passport's session, or the token set of OpenID Connect. */
function tokensIn(result: unknown): AuthHandlerTokens {
  const { session, fullProfile } = (result ?? {}) as {
    session?: OAuthSession;
    fullProfile?: { tokenset?: { access_token: string; token_type: string; id_token?: string } };
  };
  const tokens = fullProfile?.tokenset ?? (session && asTokenSet(session));
  if (!tokens) return {};
  const { access_token: accessToken, id_token: idToken, ...params } = tokens;
  return {
    accessToken,
    ...(idToken !== undefined && { idToken }),
    params: { ...params, ...(idToken !== undefined && { id_token: idToken }) },
  };
}

function asTokenSet({ accessToken, tokenType, idToken, scope, expiresInSeconds }: OAuthSession) {
  return {
    access_token: accessToken,
    token_type: tokenType,
    scope,
    ...(idToken !== undefined && { id_token: idToken }),
    ...(expiresInSeconds !== undefined && { expires_in: expiresInSeconds }),
  };
}
