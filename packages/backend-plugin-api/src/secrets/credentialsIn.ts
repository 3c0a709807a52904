/** Credentials are told by the names of their keys, also where no schema marks them. */

/** Compared without case, dashes and underscores: `set-cookie`, `accessToken`, `client_secret`. */
const credentialName =
  /(?:^(?:proxy)?authorization|cookies?|tokens?|^code|authorizationcode|authcode|devicecode|usercode|codeverifier|secrets?|passwords?|passwd|passphrase|privatekey|apikey|assertion|samlresponse|^jwt|ticket)$/;

/** Blocks of Backstage's that are called after what they are about, and hold none of it. */
const namesOfFeatures = new Set(['experimentalRefreshToken']);

/** Whether a key is named like a credential. What only begins so is about one, as `tokenEndpointAuthMethod` is. @public */
export function isCredentialName(name: string): boolean {
  return credentialName.test(name.toLowerCase().replace(/[^a-z0-9]/g, ''));
}

/** Whether all below a key of the config is a credential: it is named like one, and not after a feature. @public */
export function isCredentialKey(name: string): boolean {
  return isCredentialName(name) && !namesOfFeatures.has(name);
}

/** The texts in a part of the config at or below keys that are named like credentials. @public */
export function credentialsIn(value: unknown, isNamed = false): string[] {
  if (typeof value === 'string') return isNamed ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => credentialsIn(item, isNamed));
  return Object.entries(value).flatMap(([key, member]) =>
    credentialsIn(member, isNamed || isCredentialKey(key)),
  );
}
