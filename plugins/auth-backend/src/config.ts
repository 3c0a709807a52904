/** The schema of `auth` in the config. Blocks of providers are checked apart, so that a fault in one disables only it. */
import { parseUrl } from '@vestibule/backend-plugin-api';
import { isFullEntityRef, isValidEntityNamespace } from '@vestibule/catalog-model';
import {
  adoptedSignInResolvers,
  commonSignInResolvers,
  durationSchema,
  normalizeDomain,
  signInIcons,
  signingAlgorithms,
  type SignInResolverFactory,
} from '@vestibule/plugin-auth-node';
import { signInPageSchema } from '@vestibule/plugin-auth-pages';
import { z } from 'zod';
import { keyStoreSchema } from './keys/keyStoreSchema.ts';

/** An http or https URL. */
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** In the words of the host, whose schema asks for it too, so that a fault is reported once. */
const appUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) =>
    typeof input === 'string'
      ? "must be an http or https URL without query, for example 'https://portal.example.com'"
      : undefined,
});

const someNames = z.array(z.string().min(1)).min(1, 'must list somebody; remove the key to let everybody in');

/** Of an object that says who may come in: a key that nobody knows would open it, so each is refused. */
const gate = { unevaluatedProperties: false };

/** Who may come in: `auth.allow`, and `allow` of one provider. All keys must let a login in; of a list, one entry must. */
export const allowSchema = z
  .object({
    /** Domains of e-mail addresses. */
    domains: z
      .array(
        z
          .string()
          .refine(
            (domain) => normalizeDomain(domain) !== undefined,
            "must be a domain such as 'example.com', without '@'",
          ),
      )
      .min(1, 'must list a domain; remove the key to let everybody in')
      .optional(),
    /** E-mail addresses, names or subjects at the provider, or full entity references of users. */
    users: someNames.optional(),
    /** Groups as the provider's claims have them, or full entity references of groups. */
    groups: someNames.optional(),
    /** Google's hosted domains ('hd'). */
    hostedDomains: someNames.optional(),
    /** Logins of GitHub organizations. */
    githubOrganizations: someNames.optional(),
    /** `organization/team-slug`. */
    githubTeams: z
      .array(
        z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9][A-Za-z0-9_.-]*$/,
            "must be 'organization/team-slug'",
          ),
      )
      .min(1, 'must list a team; remove the key to let everybody in')
      .optional(),
  })
  .meta(gate);

/** @see allowSchema */
export type AllowBlock = z.infer<typeof allowSchema>;

/** A full entity reference, in which `*` stands for any characters. */
const groupPattern = z
  .string()
  .regex(
    /^[a-z*]+:[^:/\s]+\/[^:/\s]+$/i,
    "must be a full entity reference such as 'group:default/staff'; '*' stands for anything",
  );

/** Of `auth.ownership`. */
export const defaultMaxDepth = 10;

const ownershipSchema = z.object({
  /** Which groups a user owns things through: those they are direct members of, or the groups above them too. */
  mode: z.enum(['direct', 'transitive']).default('direct'),
  /** How many levels of groups count, the direct one included. */
  maxDepth: z.number().int().min(1).max(20).default(defaultMaxDepth),
  /** Only groups that match one of these are owned through. */
  include: z.array(groupPattern).min(1, 'must list a pattern; remove the key to include all').optional(),
  /** Groups that match one of these are not owned through. */
  exclude: z.array(groupPattern).optional(),
});

/** `auth.ownership`, with its defaults. */
export type OwnershipSettings = z.infer<typeof ownershipSchema>;

const secretText = z.string().min(1).meta({ visibility: 'secret' });

/** The first seals, all open. */
const sessionSecretsSchema = z
  .array(secretText)
  .min(1, 'must list a secret; remove the key to have one made')
  .superRefine((secrets, context) => {
    secrets.forEach((secret, index) => {
      if (secrets.indexOf(secret) === index) return;
      const message = 'is an earlier secret of the list again; list each once';
      context.addIssue({ code: 'custom', path: [index], message });
    });
  });

const ephemeralSchema = z
  .object({
    /** Namespace of the references of people who are not in the catalog. */
    namespace: z
      .string()
      .refine(isValidEntityNamespace, "must be a namespace such as 'ephemeral'")
      .refine(
        (namespace) => namespace !== 'default',
        "must not be 'default', where the catalog's own users are",
      )
      .default('ephemeral'),
    /** Groups that they get: where the claim is, or holds, the value. */
    groups: z
      .array(
        z.object({
          claim: z.string().min(1),
          value: z.string().min(1),
          group: z
            .string()
            .refine(isFullEntityRef, "must be a full entity reference such as 'group:default/staff'"),
        }),
      )
      .default([]),
  })
  .meta(gate);

/** `auth.signIn.ephemeral`, with its defaults. */
export type EphemeralSettings = z.infer<typeof ephemeralSchema>;

/** The parts of the root config that this plugin reads. */
export const authConfigSchema = z.object({
  app: z
    .looseObject({
      baseUrl: appUrl.optional(),
      /** The portal's name on the pages. Default `Vestibule`. */
      title: z.string().optional(),
    })
    .optional(),
  auth: z
    .object({
      environment: z.string().optional(),
      session: z
        .object({
          secret: z.union([secretText, sessionSecretsSchema]).meta({ visibility: 'secret' }).optional(),
          graceDuration: durationSchema.optional(),
        })
        .optional(),
      allow: allowSchema.optional(),
      ownership: ownershipSchema.optional(),
      signIn: z
        .object({
          allowAnyProviderResolvers: z.boolean().optional(),
          /** What becomes of a login that no resolver knows. Default: deny. */
          onMissing: z.enum(['deny', 'ephemeral']).optional(),
          ephemeral: ephemeralSchema.optional(),
        })
        .superRefine(({ onMissing, ephemeral }, context) => {
          if (ephemeral === undefined || onMissing === 'ephemeral') return;
          const message = "has no effect without 'auth.signIn.onMissing: ephemeral'";
          context.addIssue({ code: 'custom', path: ['ephemeral'], message });
        })
        .meta(gate)
        .optional(),
      signInPage: signInPageSchema.optional(),
      identityTokenAlgorithm: z.enum(signingAlgorithms).optional(),
      omitIdentityTokenOwnershipClaim: z.boolean().optional(),
      backstageTokenExpiration: durationSchema.optional(),
      experimentalExtraAllowedOrigins: z
        // A negated pattern would allow every other origin there is.
        .array(z.string().regex(/^[^!]/, 'must be an origin or a pattern of origins, and no negation'))
        .optional(),
      get providers() {
        return providersSchema.optional();
      },
      keyStore: keyStoreSchema.optional(),
      staticClients: ofOAuthServer(),
      clientIdMetadataDocuments: ofOAuthServer(),
      experimentalClientIdMetadataDocuments: ofOAuthServer(),
      experimentalDynamicClientRegistration: ofOAuthServer(),
      experimentalRefreshToken: ofOAuthServer(),
      // Backstage's, and read by its front end only.
      autologout: z.looseObject({}).optional(),
    })
    .optional(),
});

/** What a tool reads that manages the keys that sign tokens. Other faults of the config are not its matter. */
export const signingKeySettingsSchema = z.object({
  auth: authConfigSchema.shape.auth
    .unwrap()
    .pick({ session: true, keyStore: true, identityTokenAlgorithm: true })
    .optional(),
});

/** `signIn` of a provider. Options of a resolver stand beside its name and are checked by the resolver. */
const signInSchema = z
  .object({
    resolvers: z
      .array(
        z
          .looseObject({ resolver: z.string() }, "must be written '- resolver: <name>'")
          .meta({ ours: optionsOf({ ...commonSignInResolvers, ...adoptedSignInResolvers }) }),
      )
      .optional(),
  })
  .meta(gate);

/** A key of config that can also stand in a path and in the name of a cookie. */
export const providerName = z
  .string()
  .max(64, 'must have at most 64 characters')
  .regex(
    /^[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*$/,
    'must begin with a letter and have only letters, digits, and single dashes or underscores between them',
  );

const isIcon = (icon: string): boolean =>
  (signInIcons as readonly string[]).includes(icon) || parseUrl(icon)?.protocol === 'https:';

/**
 * What `auth.providers.<id>` says of the provider as a whole: beside the environments of an OAuth-type provider, beside
 * the keys of a proxy-type one.
 */
export const instanceSchema = z.object({
  /** Which type of provider it is. Default: the id. */
  type: providerName.optional(),
  /** Its name for people. Default: the vendor's. */
  title: z.string().regex(/\S/, 'must not be empty').optional(),
  /** A name of `signInIcons`, or an https URL of a picture. Default: by type. */
  icon: z
    .string()
    .refine(isIcon, `must be an https URL, or one of ${signInIcons.join(', ')}`)
    .optional(),
});

/** The keys that every OAuth-type provider has, under `auth.providers.<id>.<env>`. */
export function oauthSettingsSchema(clientSecret: 'required' | 'optional') {
  return oauthSettings[clientSecret];
}

// Made once: a schema is described for each check, and its description is kept with it.
const oauthSettings = { required: settingsWith('required'), optional: settingsWith('optional') };

function settingsWith(clientSecret: 'required' | 'optional') {
  return z.object({
    clientId: z.string().min(1),
    clientSecret: clientSecret === 'required' ? secretText : secretText.optional(),
    callbackUrl: httpUrl.refine((url) => !/[?#]/.test(url), 'must have no query and no fragment').optional(),
    additionalScopes: z.union([z.string(), z.array(z.string())]).optional(),
    sessionDuration: durationSchema.optional(),
    signIn: signInSchema.optional(),
    allow: allowSchema.optional(),
    // Of earlier Backstage.
    scope: replacedBy('additionalScopes'),
    scopes: replacedBy('additionalScopes'),
    appOrigin: replacedBy('app.baseUrl'),
  });
}

/** A key that a module reads: without it, the start names the package to add. */
function ofOAuthServer() {
  return z.unknown().optional().meta({ readBy: '@vestibule/plugin-auth-backend-module-oauth-server' });
}

/** A key without effect; the start names the newer one. */
function replacedBy(name: string) {
  return z.unknown().optional().meta({ replacedBy: name });
}

/** The keys that every proxy-type provider has, under `auth.providers.<id>`. */
export const proxySettingsSchema = z.object({
  signIn: signInSchema.optional(),
  allow: allowSchema.optional(),
});

/** One entry of `signIn.resolvers`. */
export const resolverEntrySchema = z.object({ resolver: z.string() }).meta(gate);

/** What the options of resolvers are called, as JSON Schema. */
function optionsOf(resolvers: Readonly<Record<string, SignInResolverFactory<never>>>): object[] {
  return Object.values(resolvers).flatMap(({ optionsSchema }): object[] => {
    const described = optionsSchema?.['~standard'].jsonSchema?.input({ target: 'draft-2020-12' });
    return described ? [described] : [];
  });
}

/**
 * The blocks of providers. Each is checked apart, and here anything may stand; what is described only tells which keys are
 * ours, so that one at another level is recognised.
 */
const providersSchema = z.record(
  z.string(),
  z.unknown().meta({
    ours: [
      z.toJSONSchema(z.record(z.string(), oauthSettingsSchema('optional')), { io: 'input' }),
      z.toJSONSchema(proxySettingsSchema.extend(instanceSchema.shape), { io: 'input' }),
    ],
  }),
);

/** The resolvers that a type of provider has besides, for `elsewhere` of `checkConfig`. */
export function resolverOptionsSchema(resolvers: Readonly<Record<string, SignInResolverFactory<never>>>) {
  const entry = z.looseObject({ resolver: z.string() }).meta({ ours: optionsOf(resolvers) });
  const block = z.object({ signIn: z.object({ resolvers: z.array(entry) }) });
  return z.object({
    auth: z.object({ providers: z.record(z.string(), z.record(z.string(), block)) }),
  });
}
