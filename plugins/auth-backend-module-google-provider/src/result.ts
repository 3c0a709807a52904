/** What resolvers see as `info.result` after a login at Google, in Passport's form. */
import type { OAuthResult, OpenIdClaims, OpenIdLogin, PassportProfile } from '@vestibule/plugin-auth-node';

export function googleResultOf({ claims, tokens, scopes }: OpenIdLogin): OAuthResult {
  const { accessToken, tokenType, idToken, expiresInSeconds } = tokens;
  return {
    fullProfile: passportProfileOf(claims),
    session: {
      accessToken,
      tokenType,
      scope: scopes.join(' '),
      ...(idToken !== undefined && { idToken }),
      ...(expiresInSeconds !== undefined && { expiresInSeconds }),
    },
  };
}

/** The claims that config can map to groups. */
export function googleClaimsOf({ fullProfile }: OAuthResult): Readonly<Record<string, unknown>> {
  return fullProfile._json;
}

/** Claims of a wrong type are left out; `_json` has everything as it came. */
function passportProfileOf(claims: OpenIdClaims): PassportProfile {
  const text = (name: string): string | undefined => {
    const value = claims[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [email, picture, profileUrl] = [text('email'), text('picture'), text('profile')];
  const [familyName, givenName] = [text('family_name'), text('given_name')];
  return {
    id: claims.sub,
    provider: 'google',
    displayName: text('name') ?? '',
    _json: claims,
    ...((familyName !== undefined || givenName !== undefined) && {
      name: {
        ...(familyName !== undefined && { familyName }),
        ...(givenName !== undefined && { givenName }),
      },
    }),
    ...(email !== undefined && { emails: [{ value: email, verified: claims.email_verified === true }] }),
    ...(picture !== undefined && { photos: [{ value: picture }] }),
    ...(profileUrl !== undefined && { profileUrl }),
  };
}
