/**
 * The keys of `backend.auth` that say who may call from outside. Backstage's names and meanings; a value that would leave
 * the door wider than it reads (a list of restrictions without an entry, an algorithm with a shared secret) is refused, and
 * so is every key that nobody knows: only the options of a handler that was added are the handler's own.
 */
import { isHttpsOrLoopback, parseUrl } from '@vestibule/backend-plugin-api';
import { z } from 'zod';
import { signatureAlgorithms } from '../tokens.ts';

const secret = { visibility: 'secret' };
const actions = ['create', 'read', 'update', 'delete'] as const;
const minimumTokenLength = 8;
const minimumSecretBytes = 8;

/** Text with entries between spaces or commas, or a list of such texts. */
const textList = z
  .union([z.string(), z.array(z.string())])
  .refine((value) => entriesOf(value).length > 0, { error: 'must have an entry; leave the key out for any' });

const subject = z.string().regex(/^\S+$/, { error: 'must be text without spaces' });

const accessRestrictions = z
  .array(
    z.strictObject({
      plugin: z.string().regex(/^\S+$/, { error: 'must be the id of a plugin' }),
      permission: textList.optional(),
      permissionAttribute: z
        .strictObject({
          action: textList.refine(
            (value) => entriesOf(value).every((entry) => actions.some((action) => action === entry)),
            { error: `must be one or several of ${actions.join(', ')}` },
          ),
        })
        .optional(),
    }),
  )
  .min(1, { error: 'must name a plugin; leave the key out for access to all of them' })
  .refine((entries) => new Set(entries.map(({ plugin }) => plugin)).size === entries.length, {
    error: 'must name each plugin once',
  })
  .optional();

const legacySecret = z
  .string()
  .regex(/^[\w+/-]+={0,2}$/, { error: 'must be base64', abort: true })
  .refine((value) => Buffer.from(value, 'base64url').length >= minimumSecretBytes, {
    error: `must stand for at least ${minimumSecretBytes} bytes, and better 32 (RFC 7518 section 3.2)`,
  })
  .meta(secret);

const staticAccess = z.strictObject({
  type: z.literal('static'),
  options: z.strictObject({
    token: z
      .string()
      .min(minimumTokenLength, { error: `must have at least ${minimumTokenLength} characters` })
      .regex(/^\S+$/, { error: 'must be text without spaces' })
      .meta(secret),
    subject,
  }),
  accessRestrictions,
});

const legacyAccess = z.strictObject({
  type: z.literal('legacy'),
  options: z.strictObject({ secret: legacySecret, subject }),
  accessRestrictions,
});

const jwksAccess = z.strictObject({
  type: z.literal('jwks'),
  options: z.strictObject({
    url: z.string().refine(isSafeUrl, { error: 'must be an https URL; http is for loopback only' }),
    algorithm: textList
      .refine((value) => entriesOf(value).every((entry) => signatureAlgorithms.includes(entry)), {
        error: `must be one or several of ${signatureAlgorithms.join(', ')}`,
      })
      .optional(),
    issuer: textList.optional(),
    audience: textList.optional(),
    subjectPrefix: subject.optional(),
  }),
  accessRestrictions,
});

/** The types that need no handler. */
export const ownTypes: readonly unknown[] = ['static', 'legacy', 'jwks'];

/** Whether a type is to be looked up among the handlers. */
export function isTypeOfHandler(type: unknown): type is string {
  return typeof type === 'string' && type !== '' && !ownTypes.includes(type);
}

const ownAccess = z.discriminatedUnion('type', [staticAccess, legacyAccess, jwksAccess], {
  error: ({ code }) =>
    code === 'invalid_union' ? "must be 'static', 'legacy', 'jwks' or the type of a handler" : undefined,
});

/** Of a handler that was added. Which there are is known only once they are made, so `type` is looked up there. */
export const addedAccess = z
  .strictObject({
    type: z.string().meta({ not: { enum: ownTypes } }),
    options: z.record(z.string(), z.unknown()),
    accessRestrictions,
  })
  .transform(({ type, ...entry }) => ({ ...entry, type: 'added' as const, handler: type }));

/** Judged by its type alone: of a union, zod would tell what is wrong for either kind. */
const access = z
  .unknown()
  .meta(z.toJSONSchema(z.union([staticAccess, legacyAccess, jwksAccess, addedAccess]), { io: 'input' }))
  .transform((value, context) => {
    const { type } = (value ?? {}) as { type?: unknown };
    const result = (isTypeOfHandler(type) ? addedAccess : ownAccess).safeParse(value);
    if (result.success) return result.data;
    context.issues.push(...(result.error.issues as typeof context.issues));
    return z.NEVER;
  });

/** The value of `backend.auth.externalAccess`. */
export const externalAccessSchema = z.array(access);

/** The value of `backend.auth.keys`, which Backstage has deprecated. */
export const legacyKeysSchema = z.array(z.strictObject({ secret: legacySecret, accessRestrictions }));

export type ExternalAccessConfig = z.output<typeof externalAccessSchema>[number];
export type StaticAccessOptions = z.output<typeof staticAccess>['options'];
export type LegacyAccessOptions = z.output<typeof legacyAccess>['options'];
export type JwksAccessOptions = z.output<typeof jwksAccess>['options'];
export type AccessRestrictionsConfig = z.output<typeof accessRestrictions>;

/** The entries of a list that may be written as text. `undefined` means that there is no list. */
export function entriesOf(value: string | string[]): string[] {
  return [...new Set([value].flat().flatMap((text) => text.split(/[ ,]+/)))].filter(Boolean);
}

/** Whoever can change the answer of this address can call as anybody: it must not travel in the clear. */
function isSafeUrl(value: string): boolean {
  const url = parseUrl(value);
  if (!url || /\s/.test(value)) return false;
  return isHttpsOrLoopback(url);
}
