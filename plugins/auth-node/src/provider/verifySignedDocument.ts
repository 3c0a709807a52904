/**
 * What every signed document of a provider is held to, an ID token and signed userinfo alike: who may sign it and how, and
 * who it is from and for (RFC 8725). The signature is always verified. Each check that fails says what was expected, what
 * came, and which key of the config changes it.
 */
import { decodeProtectedHeader, errors, type ProtectedHeaderParameters } from 'jose';
import { isObject } from '@vestibule/backend-plugin-api';
import { ProviderAnswerInvalidError } from '../errors.ts';
import { bytesOfBase64Url } from '../signature/base64Url.ts';
import type { SignatureAlgorithm } from '../signature/signatureAlgorithms.ts';
import { withoutAbsentMembers } from './absentMembers.ts';
import type { ProviderKeys, ProviderKeySet } from './providerKeySet.ts';
import { verifyCompact, type SignedHeader } from './verifyCompact.ts';

/** How far the provider's clock may be ahead of ours. */
export const maxClockSkewSeconds = 60;
const longestShown = 300;

/** Which keys of the config change what is expected; what is absent cannot be changed by any. @public */
export interface OpenIdConfigKeys {
  idTokenAlgorithm?: string;
  userinfoAlgorithm?: string;
  issuer?: string;
  metadataUrl?: string;
  clientId?: string;
  clientAuthentication?: string;
}

/** What every signed document must match. */
export interface SignedDocumentExpectations {
  keySet: ProviderKeySet;
  /** From config or metadata, never from the document. */
  algorithms: readonly SignatureAlgorithm[];
  /** The key of the config that says so. */
  algorithmKey?: string | undefined;
  /** Its own `typ`, which it may have in place of `JWT`. Default: none. */
  typed?: string;
  signal: AbortSignal;
}

/** A document whose signature has been verified; nothing else of it has. */
export interface SignedDocument {
  algorithm: SignatureAlgorithm;
  /** Without members that are `null` or empty. */
  claims: Record<string, unknown>;
}

/** Fails checks of one document. */
export interface DocumentChecks {
  /** @throws ProviderAnswerInvalidError where the check does not hold. */
  check(holds: boolean, name: string, failure?: FailedCheck): void;
  invalid(name: string, failure?: FailedCheck): ProviderAnswerInvalidError;
}

/** What an operator needs to know of a check that failed. */
export interface FailedCheck {
  expected?: string;
  /** Anything of the document that is no secret. */
  given?: unknown;
  /** The key of the config that changes what is expected. */
  key?: string | undefined;
  advice?: string;
  isMalformed?: boolean;
}

/** @param what - For example `ID token`. */
export function checksOf(what: string): DocumentChecks {
  const invalid: DocumentChecks['invalid'] = (name, failure = {}) => {
    const { expected, key, advice, isMalformed = false } = failure;
    const details = {
      ...(expected !== undefined && { expected: shown(expected) }),
      ...('given' in failure && { given: shown(failure.given) }),
      ...(key !== undefined && { 'changed by': key }),
    };
    const check = `${what} ${name}`;
    return new ProviderAnswerInvalidError(check, {
      hint: `Failed check: ${check}.${advice === undefined ? '' : ` ${advice}`}`,
      isMalformed,
      ...(Object.keys(details).length > 0 && { details }),
    });
  };
  return {
    invalid,
    check(holds, name, failure) {
      if (!holds) throw invalid(name, failure);
    },
  };
}

/** Two times of a document against the clock here, written out where the check has failed. */
export function clockCheck(expected: string, seconds: unknown, nowSeconds: number): FailedCheck {
  return {
    get expected() {
      return `${expected} ${timeOf(nowSeconds)}, by the clock here`;
    },
    get given() {
      return isTime(seconds) ? timeOf(seconds) : seconds;
    },
    advice: 'Compare the clocks of this machine and of the provider.',
  };
}

export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Verifies header and signature. */
export async function verifySignedDocument(
  document: string,
  expected: SignedDocumentExpectations,
  checks: DocumentChecks,
): Promise<SignedDocument> {
  const header = checkHeader(document, expected, checks);
  const payload = await verifySignature(document, header, expected, checks);
  return { algorithm: header.alg, claims: parseClaims(payload, checks) };
}

/** Before anything else: what the header may ask for (RFC 8725 sections 3.1, 3.10 and 3.11). */
function checkHeader(
  document: string,
  { algorithms, algorithmKey, typed }: SignedDocumentExpectations,
  checks: DocumentChecks,
): SignedHeader {
  const { check, invalid } = checks;
  const header = decodeHeader(document, checks);
  if (!hasAlgorithmOf(algorithms, header)) {
    const { alg } = header;
    const allowed = algorithms.join(', ');
    const given = typeof alg === 'string' && /^[A-Za-z0-9-]{1,20}$/.test(alg) ? alg : 'another one';
    throw invalid('alg', {
      expected: allowed,
      given,
      key: algorithmKey,
      advice: `The configured algorithm is ${allowed}; the token names ${given}.${adviceOnAlgorithm(given, algorithmKey)}`,
    });
  }
  // Keys come from the provider's key set, extensions are not known here.
  for (const name of ['crit', 'jwk', 'jku', 'x5u']) check(!Object.hasOwn(header, name), `header ${name}`);
  const { typ } = header;
  // A token of another kind is typed as such, for example at+jwt or logout+jwt.
  check(typ === undefined || isJwtType(typ) || isTypedAs(typed, typ), 'header typ', {
    expected: `${typed === undefined ? '' : `${typed}, `}JWT, or none`,
    given: typ,
  });
  // A token inside a token: what was verified of the outer one says nothing of the inner one (RFC 7519 section 5.2).
  check(!isJwtType(header.cty), 'header cty', { expected: 'none', given: header.cty });
  return header;
}

function decodeHeader(document: string, { invalid }: DocumentChecks): ProtectedHeaderParameters {
  try {
    const header = decodeProtectedHeader(document);
    if (bytesOfBase64Url(document.slice(0, document.indexOf('.')))) return header;
  } catch {
    // Told below.
  }
  throw invalid('form', { isMalformed: true, advice: 'It is no signed JSON Web Token.' });
}

function hasAlgorithmOf(
  algorithms: readonly string[],
  header: ProtectedHeaderParameters,
): header is ProtectedHeaderParameters & SignedHeader {
  return header.alg !== undefined && algorithms.includes(header.alg);
}

function isJwtType(value: unknown): boolean {
  return typeof value === 'string' && /^(?:application\/)?jwt$/i.test(value);
}

/** A media type, of whose name `application/` may be left out, in any letter case (RFC 7515 section 4.1.9). */
function isTypedAs(typed: string | undefined, value: unknown): boolean {
  if (typed === undefined || typeof value !== 'string') return false;
  return value.toLowerCase().replace(/^application\//, '') === typed;
}

const asymmetric = /^(?:[RPE]S(?:256|384|512)|EdDSA|Ed25519)$/;

function adviceOnAlgorithm(given: string, key: string | undefined): string {
  if (!asymmetric.test(given)) {
    return ' Only signatures with a key pair are taken: have the provider sign with one, for example RS256.';
  }
  return key === undefined ? '' : ` Set '${key}: ${given}' where the provider is known to sign so.`;
}

async function verifySignature(
  document: string,
  header: SignedHeader,
  { keySet, signal }: SignedDocumentExpectations,
  { invalid }: DocumentChecks,
): Promise<Uint8Array> {
  const keys = await keySet.get({ signal });
  const failed = (error: unknown, known: ProviderKeys): ProviderAnswerInvalidError =>
    invalid('signature', signatureFailure(error, header, known));
  try {
    return await verifyCompact(document, header, keys);
  } catch (error) {
    const isKeyUnknown = error instanceof errors.JWKSNoMatchingKey;
    // A key that does not fit may be a rotation as well: providers also reuse an id, or name none.
    if (!isKeyUnknown && !(error instanceof errors.JWSSignatureVerificationFailed)) throw failed(error, keys);
    const newer = await keySet.newerThan(keys, { signal }).catch((unavailable: unknown) => {
      // A signature that does not fit has failed its check, whether or not the keys can be read again.
      throw isKeyUnknown ? unavailable : failed(error, keys);
    });
    return await verifyCompact(document, header, newer).catch((again: unknown) => {
      throw failed(again, newer);
    });
  }
}

/** Key ids are public: the key set is (RFC 7517). */
function signatureFailure(error: unknown, { kid, alg }: SignedHeader, keys: ProviderKeys): FailedCheck {
  const given = `${typeof kid === 'string' ? `the key '${kid}'` : 'no key'} (kid), ${alg}`;
  const expected = `a key of the provider's key set: ${keys.keyIds.join(', ')}`;
  if (error instanceof errors.JWKSMultipleMatchingKeys) {
    return {
      expected,
      given,
      advice:
        'Several keys of the provider\'s key set fit, and the token does not say which it means: the provider must name one by "kid" (OpenID Connect Core 10.1).',
    };
  }
  if (error instanceof errors.JWKSNoMatchingKey) {
    return { expected, given, advice: "No key of the provider's key set fits, read again just now." };
  }
  return { expected, given, advice: 'The signature was not made with that key.' };
}

function parseClaims(payload: Uint8Array, { invalid }: DocumentChecks): Record<string, unknown> {
  try {
    const claims: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(payload),
      (key, value: unknown) => (key === '__proto__' ? undefined : value),
    );
    if (isObject(claims)) return withoutAbsentMembers(claims);
  } catch {
    // Told below; the parser's message quotes the token.
  }
  throw invalid('payload', { isMalformed: true, advice: 'It is no JSON object.' });
}

/** `2026-11-22T10:12:03Z`, or the number where it is no time that a calendar has. */
function timeOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(/\.\d+/, '');
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
